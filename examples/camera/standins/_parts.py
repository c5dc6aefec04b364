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
    OPEN_DRAIN = 2
    ALT = 3
    ALT_OPEN_DRAIN = 4
    ANALOG = 5
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
    ALARM0 = 0

    def datetime(self, *args):
        self.note("datetime", args)
        return (2026, 1, 1, 4, 0, 0, 0, 0)

    def wakeup(self, *args):
        self.note("wakeup", args)

    def alarm(self, *args, **kwargs):
        self.note("alarm", args, kwargs)

    def alarm_left(self, *args):
        return 0

    def cancel(self, *args):
        self.note("cancel", args)

    def irq(self, *args, **kwargs):
        self.note("irq", args, kwargs)


class SPI(Part):
    CONTROLLER = 0
    MSB = 0
    LSB = 1

    def init(self, *args, **kwargs):
        self.note("init", args, kwargs)

    def deinit(self):
        self.note("deinit")

    def write(self, data):
        self.note("write", (len(data),))

    def read(self, n, write=0):
        return bytes([write]) * n

    def readinto(self, buffer, write=0):
        for i in range(len(buffer)):
            buffer[i] = write

    def write_readinto(self, data, buffer):
        self.write(data)
        self.readinto(buffer)

    def send(self, data, timeout=5000):
        self.note("send", (data,))

    def recv(self, n, timeout=5000):
        return bytes(n)


class Servo(Part):
    def angle(self, *args):
        self.note("angle", args)
        return 0

    def pulse_width(self, *args):
        self.note("pulse_width", args)
        return 1500

    def calibration(self, *args):
        self.note("calibration", args)


class USB_VCP(Part):
    def any(self):
        return False

    def isconnected(self):
        return False

    def read(self, *args):
        return None

    def recv(self, n, timeout=5000):
        return bytes(0)

    def send(self, data, timeout=5000):
        self.note("send", (len(data),))
        return len(data)

    def setinterrupt(self, *args):
        self.note("setinterrupt", args)

    def write(self, data):
        self.note("write", (len(data),))
        return len(data)


class ExtInt(Part):
    IRQ_RISING = 1
    IRQ_FALLING = 2
    IRQ_RISING_FALLING = 3


def deepsleep(*args):
    """A board would start its script again, from its beginning."""
    raise SystemExit


reset = deepsleep
