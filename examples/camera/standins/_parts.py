"""Parts of a board that are not there: they take what scripts tell them, and remember it."""


class Part:
    def __init__(self, *args, **kwargs):
        self.calls = [("__init__", args, kwargs)]

    def note(self, name, args=(), kwargs={}):
        self.calls.append((name, args, kwargs))
        del self.calls[:-16]


class LED(Part):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.lit = False

    def on(self):
        self.lit = True
        self.note("on")

    def off(self):
        self.lit = False
        self.note("off")

    def toggle(self):
        self.lit = not self.lit
        self.note("toggle")

    def value(self, *args):
        if args:
            self.lit = bool(args[0])
        return int(self.lit)


class Pin(Part):
    IN = 0
    OUT = 1
    OUT_PP = 1
    OUT_OD = 2
    PULL_NONE = 0
    PULL_UP = 1
    PULL_DOWN = 2
    IRQ_RISING = 1
    IRQ_FALLING = 2

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.level = 0

    def value(self, *args):
        if args:
            self.level = int(bool(args[0]))
        return self.level

    def on(self):
        self.level = 1

    high = on

    def off(self):
        self.level = 0

    low = off

    def irq(self, *args, **kwargs):
        self.note("irq", args, kwargs)


class UART(Part):
    def write(self, data):
        self.note("write", (len(data),))
        return len(data)

    def read(self, *args):
        return None

    def any(self):
        return 0


class RTC(Part):
    def datetime(self, *args):
        self.note("datetime", args)
        return (2026, 1, 1, 4, 0, 0, 0, 0)

    def wakeup(self, *args):
        self.note("wakeup", args)
