# Floating-point arithmetic: the n-body step of two bodies.
def run():
    x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
    for _ in range(1000):
        r2 = x * x + y * y
        r3 = r2 * r2 ** 0.5
        vx -= 0.01 * x / r3
        vy -= 0.01 * y / r3
        x += 0.01 * vx
        y += 0.01 * vy
    return round(x * x + y * y, 1)


RESULT = 1.0
