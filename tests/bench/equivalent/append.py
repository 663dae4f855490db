def run():
    items = []
    for i in range(200000):
        items.append(str(i))
    return len(",".join(items))


assert run() == 1288889
