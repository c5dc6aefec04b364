for text in ("1_0", "1__0", "0x1_f", "0b_1", "1_", "0x_"):
    try:
        print(text, eval(text))
    except SyntaxError:
        print(text, "SyntaxError")
