"""`deltarule serve`: pages on which answers are typed and marked, and equations are derived.

The process that answers requests marks nothing itself. Processes beside it keep opened exams and
mark; what somebody types as equations is derived in a process of its own, which is limited and
ended when its time is up. Between them goes JSON alone.
"""
