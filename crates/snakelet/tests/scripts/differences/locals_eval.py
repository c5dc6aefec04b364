# differs: functions have no names of their variables
width = 1

def area():
    width = 2
    return width, eval("width")

print(area())
