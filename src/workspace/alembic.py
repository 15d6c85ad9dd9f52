"""Reads a real Alembic project, in the interpreter that its migrations run with.

argv: the configuration file. stdout: one JSON object, which src/import/alembic.rs reads. Nothing is
connected to: the project's env.py runs once, offline, and where it would run the migrations each
revision's `upgrade` and `downgrade` are called in turn, with what they emit recorded statement by
statement. What Alembic itself would emit around them (BEGIN, COMMIT, alembic_version) never is.
"""

import json
import os
import sys
import traceback

# Alembic's `str(compiled).replace("\t", …)` would change what stands in strings and bodies.
TAB = "\uf8f0"


class Stop(Exception):
    """Why nothing can be read: a kind that enact knows, and what a person should hear."""

    def __init__(self, kind, text):
        super().__init__(text)
        self.kind, self.text = kind, text


def said(error):
    """An exception in a line or a few."""
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def place(error, path):
    """The line of the revision's file that the exception came through, if it did."""
    frames = traceback.extract_tb(error.__traceback__)
    return next((frame.lineno for frame in reversed(frames) if frame.filename == path), None)


def exact(compiler):
    """A compiler whose text survives Alembic's replacement of tabs."""
    return type(compiler.__name__, (compiler,),
                {"__str__": lambda self: (self.string or "").replace("\t", TAB)})


def part(function, arguments, state):
    """What one `upgrade` or `downgrade` emits, or why that cannot be told."""
    state["sql"], state["asked"] = [], False
    try:
        function(**arguments)
    except NotImplementedError as error:
        return {"never": said(error)}
    except Exception as error:  # whatever a migration does: it is listed with its reason
        return {"error": said(error), "line": place(error, function.__code__.co_filename)}
    if state["asked"]:
        return {"error": "it asks whether it runs offline, and may do something else when it does not",
                "line": function.__code__.co_firstlineno}
    return {"sql": state["sql"]}


def read(path):
    try:
        from alembic import util
        from alembic.config import Config
        from alembic.operations import Operations
        from alembic.runtime.environment import EnvironmentContext
        from alembic.script import ScriptDirectory
        from sqlalchemy.engine.url import make_url
    except ImportError as error:
        raise Stop("no-alembic", said(error)) from error

    answers = []
    state = {"sql": None, "asked": False}

    def is_offline_mode():
        state["asked"] |= state["sql"] is not None
        return True

    def configure(connection=None, url=None, dialect_name=None, **options):
        name = dialect_name or "postgresql"
        try:
            dialect = make_url(url).get_dialect() if url else None
        except Exception:  # the placeholder of a fresh alembic.ini, or nothing at all
            dialect = None
        if dialect is not None:
            name = dialect.name
        elif connection is not None:
            name = connection.dialect.name
        if name != "postgresql":
            raise Stop("dialect", name)
        given = {"url": url} if dialect is not None else {"dialect_name": "postgresql"}
        # Literals as text; without them a percent sign is doubled, or a value left out.
        options["literal_binds"] = True
        options["dialect_opts"] = {**(options.get("dialect_opts") or {}), "paramstyle": "named"}
        EnvironmentContext.configure(environment, **given, **options)

    def run_migrations(**arguments):
        context = environment.get_context()
        dialect, impl = context.dialect, context.impl
        # Offline it does not know the server, and PostgreSQL's own default is this.
        dialect._backslash_escapes = False
        dialect.statement_compiler = exact(dialect.statement_compiler)
        dialect.ddl_compiler = exact(dialect.ddl_compiler)
        impl.command_terminator = ""
        impl.emit_begin = impl.emit_commit = lambda: None
        before = impl.static_output
        impl.static_output = lambda text: state["sql"].append(text.replace(TAB, "\t"))
        with Operations.context(context):
            answers[:] = [described(revision, arguments) for revision in revisions]
        state["sql"], impl.static_output = None, before
        del impl.emit_begin, impl.emit_commit

    def described(revision, arguments):
        module = revision.module
        known = script.revision_map

        def name(dependency):
            found = known.get_revision(dependency)
            return dependency if dependency in found.branch_labels else found.revision

        answer = {
            "id": revision.revision,
            "parents": [known.get_revision(it).revision for it in util.to_tuple(revision.down_revision, ())],
            "depends_on": [name(it) for it in util.to_tuple(revision.dependencies, ())],
            "labels": sorted(revision._orig_branch_labels),
            "doc": module.__doc__ or "",
            "file": os.path.relpath(module.__file__),
        }
        for key, function in [("up", "upgrade"), ("down", "downgrade")]:
            function = getattr(module, function, None)
            answer[key] = part(function, arguments, state) if function else {"never": "not there"}
        return answer

    try:
        config = Config(toml_file=path) if path.endswith(".toml") else Config(path)
        script = ScriptDirectory.from_config(config)
        revisions = list(script.walk_revisions())[::-1]
    except Exception as error:
        raise Stop("project", said(error)) from error
    with open(os.devnull, "w") as nowhere:
        environment = EnvironmentContext(
            config, script, as_sql=True, output_buffer=nowhere, fn=lambda heads, context: [])
        environment.is_offline_mode = is_offline_mode
        environment.configure = configure
        environment.run_migrations = run_migrations
        try:
            with environment:
                script.run_env()
        except Stop:
            raise
        except BaseException as error:  # also what leaves by sys.exit
            raise Stop("env", said(error)) from error
    if revisions and not answers:
        raise Stop("env", "env.py ended without running any migrations")
    return {"revisions": answers}


def main():
    # `python -c` looks into the working directory first; Alembic's own program does not.
    sys.path[:] = [entry for entry in sys.path if entry != ""]
    # What env.py and the revisions print is not the answer.
    answer_to, sys.stdout = sys.stdout, sys.stderr
    try:
        answer = read(sys.argv[1])
    except Stop as stop:
        answer = {"stop": stop.kind, "text": stop.text, "python": sys.executable}
    json.dump(answer, answer_to)
    answer_to.flush()


main()
