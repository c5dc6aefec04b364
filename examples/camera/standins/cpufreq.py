_frequency = 800


def get_current_frequencies():
    return (_frequency,)


def get_supported_frequencies():
    return (100, 200, 400, 800)


def set_frequency(frequency):
    global _frequency
    if frequency not in get_supported_frequencies():
        raise ValueError("no such frequency")
    _frequency = frequency
