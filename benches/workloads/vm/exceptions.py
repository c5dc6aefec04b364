# Exceptions raised and caught, with `finally`.
def run():
    caught = count = 0
    for i in range(600):
        try:
            try:
                if i % 3 == 0:
                    raise ValueError(i)
            finally:
                count += 1
        except ValueError as e:
            caught += e.args[0]
    return caught, count


RESULT = (sum(range(0, 600, 3)), 600)
