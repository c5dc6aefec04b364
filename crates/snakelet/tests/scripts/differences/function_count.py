for call in [
    lambda: [].append(),
    lambda: [].clear(1),
    lambda: [].insert(1),
    lambda: {}.get(),
    lambda: {}.get(1, 2, 3),
    lambda: [].pop(1, 2),
    lambda: len(),
    lambda: divmod(1),
]:
    try:
        call()
    except TypeError as e:
        print(e)
