"""`/health/`: can this web process do its work? Asked by `manage.py up`, containers and load balancers."""

from __future__ import annotations

from health_check.views import HealthCheckView


class Health(HealthCheckView):
    """200 when the database answers, 500 with the reason when it does not.

    The worker is not asked: anchoring and sealing never block capture (DESIGN §5), so a missing worker
    must not take the web processes out of service. `manage.py doctor` asks for it.
    """

    checks = ("health_check.checks.Database",)
