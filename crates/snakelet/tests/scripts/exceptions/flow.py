# try, except, else, finally in every order of leaving them.


def leave(how):
    try:
        print("try", how)
        if how == "raise":
            raise KeyError(how)
        if how == "return":
            return "returned"
    except KeyError as e:
        print("except", e)
        return "handled"
    else:
        print("else")
    finally:
        print("finally")
    return "fell through"


for how in ("raise", "return", "nothing"):
    print(leave(how))


def loops():
    for i in range(4):
        try:
            if i == 1:
                continue
            if i == 3:
                break
            print("body", i)
        finally:
            print("finally", i)


loops()


def override():
    try:
        return "from try"
    finally:
        return "from finally"


print(override())


def swallowed():
    while True:
        try:
            raise ValueError
        finally:
            break
    return "swallowed"


print(swallowed())


def nested():
    try:
        try:
            raise ValueError("inner")
        except ValueError:
            raise TypeError("outer")
        finally:
            print("inner finally")
    except TypeError as e:
        return type(e).__name__, e.args, type(e.__context__).__name__, e.__context__.args


print(nested())


def reraise():
    try:
        try:
            [].pop()
        except IndexError:
            raise
    except LookupError as e:
        return type(e).__name__


print(reraise())
try:
    try:
        raise ValueError("a")
    except ValueError as e:
        raise RuntimeError("b") from e
except RuntimeError as e:
    print(type(e.__cause__).__name__, e.__cause__.args, e.args)


class AppError(Exception):
    def __init__(self, code, *rest):
        super().__init__(code, *rest)
        self.code = code


class Special(AppError, KeyError):
    pass


for cls in (AppError, Special):
    try:
        raise cls(42, "text")
    except KeyError as e:
        print("as KeyError", e.code, e.args)
    except AppError as e:
        print("as AppError", e.code, e.args)
try:
    raise Special
except TypeError:
    print("needs a code")
for kinds in ((ValueError, TypeError), (OSError, ArithmeticError)):
    try:
        1 // 0
    except kinds as e:
        print(type(e).__name__)
        break
    except Exception:
        print("something else")
try:
    assert 1 > 2, "message"
except AssertionError as e:
    print("assert", e)
try:
    raise 5
except TypeError:
    print("not an exception")
e = "outer"
try:
    raise ValueError
except ValueError as e:
    pass
try:
    e
except NameError:
    print("e is unbound")


# what is caught must be an exception class
class NoError:
    pass


for what in NoError, 5, int, "text", (KeyError, NoError), (5,), ((IndexError,), NoError):
    try:
        try:
            1 / 0
        except what:
            print("caught")
    except TypeError:
        print("TypeError")
