for text in ("1+2j", "1+", "j", "1 + 2j", "(1)", "1j1"):
    try:
        print(text, complex(text))
    except ValueError:
        print(text, "ValueError")
