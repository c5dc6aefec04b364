# differs: the condition is evaluated behind the body, and has its line
import io
import sys

items = ["-a", "-b"]
i = 0
try:
    while items[i][0] == "-":

        i += 1
except IndexError as e:
    out = io.StringIO()
    sys.print_exception(e, out)
    print(out.getvalue().split("line ")[1].split(",")[0])
