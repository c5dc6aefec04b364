# str.format, format() and f-strings.
print("{} {} {{}}".format(1, "a"), "{1}{0}{1}".format("a", "b"), "{a} {b!r:>6}".format(a=1, b="x"))
print("{0.imag} {0[1]} {x[k]}".format([5, 6], x={"k": 7}) if False else "{0[1]} {x[k]}".format([5, 6], x={"k": 7}))
print("{:{}{}}|{:{w}}|".format(5, ">", 4, "a", w=3))
for spec in ("", "5", "<5", ">5", "^5", "*^6", "05", "+", " ", "+06", "x", "#x", "X", "#o", "b", "#010b", ",", "_", "c", "e", ".2f", "%", "n", "10.3e", "g"):
    print(spec, "|" + format(65, spec) + "|", "|" + format(-1234567, spec if spec != "c" else "") + "|")
for spec in ("", "8", "<8", "08", "+.1f", ".0f", ".3g", "e", "E", "%", "+010.2f", "^12.1f", ",.2f", "#.0f"):
    print(spec, "|" + format(3.14159, spec) + "|", "|" + format(-2500.5, spec) + "|", "|" + format(1e20, spec) + "|")
for spec in ("", "5", ">5", ".2", "^7.1", "s", "é<4"):
    print("|" + format("abé", spec) + "|")
print(format(2**100, ","), format(2**100, "x"), format(-(2**80), "#b")[:10], format(True), format(True, "d"), format(None))
value, width = 3.14159, 8
print(f"{value:.2f} {value!r} {value:{width}.3f} {'a' 'b'} {{}} {width=} {[1, 2][1]} {'x':>{width}}")

for pattern, args in (
    ("{", ()), ("}", ()), ("{}", ()), ("{0} {}", (1, 2)), ("{} {0}", (1, 2)), ("{a}", ()), ("{!x}", (1,)),
    ("{:d}", ("a",)), ("{:s}", (1,)), ("{:=5}", ("a",)), ("{:+}", ("a",)), ("{:zz}", (1,)), ("{5}", (1,)),
):
    try:
        print(pattern.format(*args))
    except (ValueError, IndexError, KeyError) as e:
        print(pattern, type(e).__name__)


class Money:
    def __init__(self, amount):
        self.amount = amount

    def __format__(self, spec):
        return "$" + format(self.amount, spec)


print(f"{Money(3):.2f} {Money(4)}", format(Money(5), "4"))
