try:
    try:
        raise TypeError("first")
    except TypeError:
        raise ValueError("second")
except ValueError as e:
    print(repr(e.__context__.args), e.__cause__, e.__suppress_context__)
try:
    try:
        raise TypeError("first")
    except TypeError as first:
        raise ValueError("second") from first
except ValueError as e:
    print(e.__cause__ is e.__context__, e.__suppress_context__)
