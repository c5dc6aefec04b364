# differs: functions have no names of their variables
def area():
    width = 2
    return "width" in locals()

print(area())
