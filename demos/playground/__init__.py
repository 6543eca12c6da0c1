"""The whole workshop as one page: `python -m demos playground FILE` writes it, and a double click opens it, without a network.

The real engine runs in it, in CPython compiled to WebAssembly. writer.py puts the page together from the parts that
parts.py fetches, our sources (sources.py), and the lessons, exercises and quizzes (documents.py). In the browser, page/
is the page itself, and running.py and notebook.py run in its Python; these two import none of the modules that make the
page.
"""
