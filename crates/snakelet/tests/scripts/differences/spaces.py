for text in ("1and 0", "1or 0", "1if 1else 0", "[0x1for x in 'ab']", "0xfor 1", "1in [1]", "1is None", "1x"):
    try:
        print(text, eval(text))
    except SyntaxError:
        print(text, "SyntaxError")
print(0x1.to_bytes(1, "big"))
