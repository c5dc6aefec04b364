# Strings: splitting, joining, formatting.
def run():
    words = []
    for i in range(200):
        words.append("%d:%s" % (i, "x" * (i % 5)))
    line = ",".join(words)
    parts = [w.split(":") for w in line.split(",")]
    return len(line), sum(int(n) for n, _ in parts), "{:>8}|{:<4}".format("ab", parts[3][1])


RESULT = (1289, 19900, "      ab|xxx ")
