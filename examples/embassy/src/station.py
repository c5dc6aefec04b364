# A weather station: two tasks that read a sensor now and then, and some work that does not wait.
import asyncio
import time

start = time.ticks_ms()


async def watch(name, period, times):
    for _ in range(times):
        await asyncio.sleep_ms(period)
        # a function of the host that answers when the conversion is done
        print(name, "is", level(name))


async def main():
    await asyncio.gather(watch("wind", 100, 3), watch("rain", 180, 2))


print("the station starts")
asyncio.run(main())
print("it computes, and does not let go")
n = 0
while time.ticks_diff(time.ticks_ms(), start) < 580:
    n += 1
print("it has computed:", n > 1000)
