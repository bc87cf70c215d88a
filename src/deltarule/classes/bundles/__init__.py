"""Exams bundled for systems that run graders: Gradescope, GitHub Classroom, Docker."""
