# SOS, again and again: what the board does is written here, not in the firmware.
def blink(ms):
    led(True)
    wait_ms(ms)
    led(False)
    wait_ms(200)


while True:
    for ms in [100] * 3 + [400] * 3 + [100] * 3:
        blink(ms)
    wait_ms(1000)
