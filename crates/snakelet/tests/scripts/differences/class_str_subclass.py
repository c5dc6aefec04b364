class Loud(str):
    pass

class Horn:
    def __str__(self):
        return Loud("beep")

sound = str(Horn())
print(type(sound) is Loud, sound, "%s" % Horn(), "{}".format(Horn()))
