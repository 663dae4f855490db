def run():
    entries = {}
    for i in range(200000):
        entries["key" + str(i)] = i
    total = 0
    for i in range(200000):
        total = total + entries["key" + str(i)]
    return total


assert run() == 19999900000
