def board_type():
    return "N6"


def board_id():
    return "0" * 24


def arch():
    return "OMV N6 desktop"


def version_string():
    return "5.0.0"
