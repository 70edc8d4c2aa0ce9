"""Starts a Python handler as Lambda's client does, below a folder: ROOT HANDLER PYTHONPATH-or-empty PRELOADED."""
import importlib
import importlib.machinery
import importlib.util
import json
import pathlib
import sys

root, handler, python_path, preloaded = sys.argv[1:5]
version = "%d.%d" % sys.version_info[:2]
for name in preloaded.split(","):
    try:
        importlib.import_module(name)
    except ImportError:
        pass
RUNTIME = {"boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3", "awslambdaric", "simplejson", "pip", "setuptools", "pkg_resources", "wheel"}


class OfRuntime:
    """What the runtime brings is there, and has every name."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in RUNTIME:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.__getattr__ = lambda name: Exception


sys.meta_path.append(OfRuntime())
opt = [f"{root}/opt/python/lib/python{version}/site-packages", f"{root}/opt/python"]
if python_path:
    folders = python_path.split(":")
    opt = [f"{root}{one}" if one.startswith("/") else f"{root}/var/task/{one}" for one in folders]
# what lies beside the interpreter of this machine is not there in the service
sys.path[:] = [one for one in sys.path if "site-packages" not in one and one != sys.path[0]]
before = list(sys.path)
metadata = pathlib.Path(root, "var/runtime")
for name in RUNTIME:
    folder = metadata / f"{name.replace('dateutil', 'python_dateutil')}-1.0.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
sys.path[:] = [f"{root}/var/task", *opt, *before, str(metadata)]
if not python_path:
    import site
    for folder in sys.path[:3]:
        site.addsitedir(folder)
else:
    import site
    site.addsitedir(f"{root}/var/task")


def say(**outcome):
    print(json.dumps(outcome))
    sys.exit(0)


def load():
    try:
        module, name = handler.rsplit(".", 1)
    except ValueError as error:
        say(ok=False, message=f"Bad handler '{handler}': {error}")
    try:
        if module.split(".")[0] in sys.builtin_module_names:
            say(ok=False, message=f"Cannot use built-in module {module} as a handler module")
        loaded = importlib.import_module(module.replace("/", "."))
    except ImportError as error:
        say(ok=False, message=f"Unable to import module '{module}': {error}")
    except SyntaxError as error:
        say(ok=False, message=f"Syntax error in module '{module}': {error}")
    try:
        return getattr(loaded, name)
    except AttributeError:
        say(ok=False, message=f"Handler '{name}' missing on module '{module}'")


try:
    function = load()
except Exception as error:
    say(ok=False, message=f"{type(error).__name__}: {error}")
try:
    function({}, None)
except ImportError as error:
    say(ok=True, invoked=f"{type(error).__name__}: {error}")
except Exception:
    pass
say(ok=True)
