"""Grades one submission for Classroom 50: writes result.json and release-body.md."""
import os, pathlib, subprocess, sys, time

here = pathlib.Path(__file__).resolve().parent
unit = "{{.Unit}}"
student = pathlib.Path.cwd()
folder = student / "exercises" / unit
if not folder.is_dir():
    folder = student
# The program under test gets no token: nothing but these goes on from here.
keep = ("PATH", "HOME", "LANG", "GOCACHE", "GOMODCACHE")
env = {name: os.environ[name] for name in keep if name in os.environ}
course = [str(here / "course")]
graded = subprocess.run(course + ["grade", unit, "--dir", str(folder), "--format", "json"],
                        cwd=here / "tree", env=env, stdout=subprocess.PIPE)
when = subprocess.run(["git", "show", "-s", "--format=%ct", "HEAD"], cwd=student, stdout=subprocess.PIPE, check=True)
of = ("CLASSROOM", "ASSIGNMENT", "ASSIGNMENT_TYPE", "OWNER", "USERNAME", "SUBMISSION_TAG", "COMMIT_URL",
      "RELEASE_URL", "REVIEW_URL")
env.update({name: os.environ[name] for name in of if name in os.environ})
env["DATETIME"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(when.stdout)))
for form, file in (("markdown", "release-body.md"), ("classroom50", "result.json")):
    how = ["--format", form, "--feedback", "{{.Feedback}}", "--out", str(student / file)]
    done = subprocess.run(course + ["convert"] + how + ["-"], cwd=here / "tree", env=env, input=graded.stdout)
    if done.returncode != 0:
        sys.exit(done.returncode)
