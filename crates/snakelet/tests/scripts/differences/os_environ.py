import os

print(os.environ.get("SNAKELET_NO_SUCH"))
os.environ["SNAKELET_NEW"] = "1"
print(os.environ["SNAKELET_NEW"], os.getenv("SNAKELET_NEW"), "SNAKELET_NEW" in os.environ)
print(os.environ.setdefault("SNAKELET_NEW", "2"), os.environ.pop("SNAKELET_NEW"))
print(os.getenv("SNAKELET_NEW"), os.environ.pop("SNAKELET_NEW", "gone"))
os.environ.update({"SNAKELET_A": "a"}, SNAKELET_B="b")
print(os.getenv("SNAKELET_A"), os.getenv("SNAKELET_B"))
del os.environ["SNAKELET_A"]
print(os.getenv("SNAKELET_A"))
try:
    del os.environ["SNAKELET_A"]
except KeyError:
    print("KeyError")
