def primes(limit):
    crossed_out = bytearray(limit)
    found = []
    for number in range(2, limit):
        if not crossed_out[number]:
            found.append(number)
            for multiple in range(number * number, limit, number):
                crossed_out[multiple] = 1
    return found


# more than the first region of most boards has, so it lies in another one
notes = bytearray(room)

rounds = 0
while rounds == 0 or going():
    found = primes(500)
    text = " ".join(str(number) for number in found)
    notes[rounds % room] = len(found)
    rounds += 1

result = "%d primes below 500, the last one %d" % (len(found), found[-1])
