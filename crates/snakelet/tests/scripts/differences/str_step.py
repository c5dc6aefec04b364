print("abcdefgh"[0:7:2], "abc"[::-1])
