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
    lines = out.getvalue().split("line ")
    if len(lines) < 2:
        # the place found no memory
        raise MemoryError
    print(lines[1].split(",")[0])
