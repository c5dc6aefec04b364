for e in (Exception(1), StopIteration(2), OSError(3, "x")):
    print(hasattr(e, "value"), hasattr(e, "errno"))
