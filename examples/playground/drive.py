#!/usr/bin/env python3
"""Drives the page as a person does: python3 examples/playground/drive.py [FOLDER FOR SCREENSHOTS]

Needs Chromium with its driver and the Python package selenium. Types and runs programs, stops an endless loop, uses the
prompt, and looks at the page at the sizes of a desktop and of a phone. The last line is `playground ok`."""

import os
import shutil
import sys
import time
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

ROOT = Path(__file__).resolve().parent.parent.parent


def wait(condition, seconds=20):
    ends = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > ends:
            raise TimeoutError("the page does not get there")
        time.sleep(0.02)
    return found


class Page:
    def __init__(self, driver):
        self.driver = driver

    def at(self, name):
        return self.driver.find_element(By.ID, name)

    def output(self):
        return self.at("output").get_property("textContent")

    def write(self, source):
        area = self.at("source")
        self.driver.execute_script("arguments[0].value = ''", area)
        area.send_keys(source)

    def line(self, text):
        self.at("line").send_keys(text, Keys.ENTER)

    def runs(self):
        return not self.at("run").is_enabled()


def check(page):
    wait(lambda: page.driver.find_element(By.TAG_NAME, "body").get_attribute("data-ready"))
    # each example ends, or says why not
    for option in page.at("examples").find_elements(By.TAG_NAME, "option"):
        name = option.text
        Select(page.at("examples")).select_by_visible_text(name)
        page.at("run").click()
        if "escape" in name:
            wait(lambda: "not me" in page.output() or page.runs())
            page.at("stop").click()
        wait(lambda: not page.runs())
        assert page.output(), name
    # typed text
    page.write("for i in range(3):\nprint('line', i * 7)\n")
    page.at("run").click()
    wait(lambda: "SyntaxError" in page.output() or "IndentationError" in page.output())
    page.write("print(6 * 7)")
    page.at("run").click()
    wait(lambda: page.output() == "42\n")
    # an endless loop leaves the page alive, and stops
    page.write("n = 0\nwhile True: n += 1")
    page.at("run").click()
    time.sleep(0.5)
    assert page.runs()
    figures = page.at("figures").text
    wait(lambda: page.at("figures").text != figures)
    page.at("stop").click()
    wait(lambda: not page.runs())
    assert "stopped by the host" in page.output()
    # the prompt knows what the program left
    page.line("n > 1000")
    wait(lambda: "True\n" in page.output())
    page.line("def f(x):")
    assert page.at("mark").text == "..."
    page.line("  return x * 2")
    page.line("")
    page.line("f(21)")
    wait(lambda: page.output().endswith("42\n"))
    page.at("line").send_keys("pri", Keys.TAB)
    assert page.at("line").get_property("value") == "print"
    page.at("line").clear()
    # a gigabyte of output, and all memory
    page.write("while True: print('x' * 1000)")
    page.at("run").click()
    time.sleep(1)
    page.at("stop").click()
    wait(lambda: not page.runs())
    assert len(page.output()) < 200_000
    page.write("x = []\nwhile True: x.append(bytearray(1000))")
    page.at("run").click()
    wait(lambda: "MemoryError" in page.output())
    # limits
    page.driver.execute_script(
        "const fuel = document.getElementById('fuel'); fuel.value = 5; fuel.dispatchEvent(new Event('input'))"
    )
    page.write("while True: pass")
    page.at("run").click()
    wait(lambda: "stopped by the host" in page.output())
    # a step at a time
    page.write("a = 1\nfor i in range(3): a += i\nprint(a)")
    page.at("step").click()
    for _ in range(20):
        if not page.runs():
            break
        page.at("step").click()
    assert page.output() == "4\n", page.output()
    errors = [entry for entry in page.driver.get_log("browser") if entry["level"] == "SEVERE"]
    assert not errors, errors


def main():
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    options = webdriver.ChromeOptions()
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"):
        options.add_argument(argument)
    # the system's driver, where there is one; the package would look for another on the network
    driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        page = Page(driver)
        for name, width, height in (("desktop", 1280, 900), ("phone", 500, 1500)):
            driver.set_window_size(width, height)
            driver.get((target / "playground" / "index.html").as_uri())
            check(page)
            Select(page.at("examples")).select_by_visible_text("Memory that moves")
            page.at("run").click()
            wait(lambda: not page.runs())
            wide = driver.execute_script("return document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{wide} pixels too wide"
            if len(sys.argv) > 1:
                driver.save_screenshot(str(Path(sys.argv[1]) / f"{name}.png"))
    finally:
        driver.quit()
    print("playground ok")


if __name__ == "__main__":
    main()
