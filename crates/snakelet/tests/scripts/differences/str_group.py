for spec in (",d", "_x", ",x", ",b"):
    try:
        print(spec, format(1234567, spec))
    except ValueError:
        print(spec, "ValueError")
