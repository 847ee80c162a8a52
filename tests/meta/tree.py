"""The files of the project, and what Python code says without being run."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_NOT_OURS = frozenset({"var", "node_modules", "__pycache__"})


@cache
def list_files() -> tuple[Path, ...]:
    """Return every file of the checkout that is not made by a tool; hidden folders but .ci are."""
    return tuple(_walk(ROOT))


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        is_hidden = path.name.startswith(".") and path.name != ".ci"
        if path.is_dir() and not is_hidden and path.name not in _NOT_OURS:
            yield from _walk(path)
        # In a linked worktree .git is a file that says where the repository is.
        elif path.is_file() and path.name not in {".coverage", ".env", ".git"}:
            yield path


def list_python(*folders: str) -> list[Path]:
    """Return the Python files below the folders, as paths from the root of the project."""
    return [
        path.relative_to(ROOT)
        for path in list_files()
        if path.suffix == ".py" and path.is_relative_to(ROOT)
        if any(path.is_relative_to(ROOT / folder) for folder in folders)
    ]


def list_documents() -> list[Path]:
    """Return every document in Markdown."""
    return [path for path in list_files() if path.suffix == ".md"]


@cache
def read_tree(path: Path) -> ast.Module:
    """Parse a Python file, given from the root of the project."""
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), filename=str(path))


def imports_of(path: Path) -> set[str]:
    """Return the modules that a file imports, at its top or inside of functions."""
    found: set[str] = set()
    for node in ast.walk(read_tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.update(_resolve(node.module, alias.name) for alias in node.names)
    return found


def _resolve(module: str, name: str) -> str:
    """Return module.name where that is a module of ours, else the module."""
    base = ROOT.joinpath(*module.split("."), name)
    is_module = base.with_suffix(".py").is_file() or (base / "__init__.py").is_file()
    return f"{module}.{name}" if is_module else module


def texts_of(path: Path) -> list[str]:
    """Return the string constants of a file, docstrings left out."""
    tree = read_tree(path)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if id(node) not in docstrings
    ]
