"""Who acts: organisations, sites, licences, people, signing keys, API tokens."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from apps.parties.did import did_of
from apps.parties.fields import BytesField
from apps.parties.kinds import OfKind
from apps.parties.people import PeopleManager
from apps.parties.saved_filters import SavedFilter

__all__ = ["SavedFilter"]


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in. What they may do follows from their memberships."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = PeopleManager()

    class Meta:
        ordering = ["email"]
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email


class Organisation(models.Model):
    class Kind(models.TextChoices):
        MANUFACTURER = "manufacturer", _("Manufacturer")
        DISTRIBUTOR = "distributor", _("Distributor")
        PHARMACY = "pharmacy", _("Pharmacy")
        REGULATOR = "regulator", _("Regulator")

    class SecondFactor(models.TextChoices):
        NOBODY = "nobody", _("Whoever wants one")
        ADMINS = "admins", _("Administrators must have one")
        EVERYBODY = "everybody", _("Everybody must have one")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=160)
    gln = models.CharField(max_length=13, unique=True)  # party GLN; EPCIS writes it as 417/{gln}
    country = models.CharField(max_length=2)  # ISO 3166-1 alpha-2
    # The postal address, as far as it is known.
    street = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    gs1_prefixes = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    # Whose people must have a second factor before they come in.
    second_factor = models.CharField(
        max_length=9, choices=SecondFactor, default=SecondFactor.NOBODY
    )
    created_at = models.DateTimeField()

    objects: models.Manager[Organisation] = models.Manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def did(self) -> str:
        """The organisation's `did:web`, the issuer of its statements (DESIGN §4)."""
        return did_of(self.id)


class Manufacturer(Organisation):
    objects = OfKind(Organisation.Kind.MANUFACTURER)

    class Meta:
        proxy = True


class Distributor(Organisation):
    objects = OfKind(Organisation.Kind.DISTRIBUTOR)

    class Meta:
        proxy = True


class Pharmacy(Organisation):
    objects = OfKind(Organisation.Kind.PHARMACY)

    class Meta:
        proxy = True
        verbose_name_plural = "pharmacies"


class Regulator(Organisation):
    objects = OfKind(Organisation.Kind.REGULATOR)

    class Meta:
        proxy = True


class Site(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sites")
    gln = models.CharField(max_length=13, unique=True)  # EPCIS writes it as 414/{gln}
    name = models.CharField(max_length=160)
    street = models.CharField(max_length=160, blank=True)
    city = models.CharField(max_length=80, blank=True)
    state = models.CharField(max_length=80, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    country = models.CharField(max_length=2)
    # Degrees, north and east positive (WGS 84); both, or neither where they are not known.
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="site_is_on_the_globe",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.city}" if self.city else self.name

    @property
    def coordinates(self) -> str:
        """`41.14961, -8.61099`: latitude and longitude; empty where they are not known."""
        return "" if self.latitude is None else f"{self.latitude:.5f}, {self.longitude:.5f}"


class Licence(models.Model):
    class Activity(models.TextChoices):
        MANUFACTURE = "manufacture"
        WHOLESALE = "wholesale"
        DISPENSE = "dispense"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="licences"
    )
    authority = models.CharField(max_length=120)
    number = models.CharField(max_length=60)
    activity = models.CharField(max_length=12, choices=Activity)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organisation", "activity", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "number"], name="licence_number_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="licence_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity} licence {self.number} ({self.authority})"


class Representation(models.Model):
    """A partner without a signing key, and an organisation that records what the partner reports.

    It counts only while the partner has no active key: whoever can sign for itself does.
    """

    partner = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="represented_by"
    )
    representative = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="represents"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["representative", "partner"], name="represented_once_by_each"
            ),
            models.CheckConstraint(
                condition=~models.Q(partner=models.F("representative")),
                name="nobody_represents_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner}, represented by {self.representative}"


class Scanner(models.Model):
    """A scanner of a site, with what was learned of its keyboard (`kernel.gs1.calibration`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="scanners"
    )
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="scanners")
    name = models.CharField(
        max_length=60
    )  # as it is called there: "Counter 2", "Goods in, on the belt"
    calibration = models.TextField()  # Calibration.to_json()
    calibrated_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "name"],
                condition=models.Q(retired_at__isnull=True),
                name="scanner_name_once_at_a_site",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    class Role(models.TextChoices):
        ADMIN = "admin", _("Admin")
        OPERATOR = "operator", _("Operator")
        VIEWER = "viewer", _("Viewer")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=8, choices=Role)
    site = models.ForeignKey(Site, on_delete=models.PROTECT)  # where this person works
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # works here no more; may be taken back

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.UniqueConstraint(fields=["user", "organisation"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.organisation} ({self.role})"


class SigningKey(models.Model):
    """An Ed25519 key; the private half is encrypted by a key that is not in the database."""

    class Purpose(models.TextChoices):
        ORGANISATION = "organisation"
        REGISTRAR = "registrar"  # the installation's own key: signs registry statements

    kid = BytesField(primary_key=True, max_length=16)  # SHA-256(public key)[:16]
    purpose = models.CharField(max_length=12, choices=Purpose)
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="keys"
    )
    public_key = BytesField(max_length=32)
    sealed_private_key = BytesField()
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)  # replaced by a newer key: signs no more
    revoked_at = models.DateTimeField(null=True)  # taken back: signs no more
    # What it signed from then on may be a thief's. A key that is reported stolen is revoked, too.
    stolen_since = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(purpose="registrar", organisation__isnull=True)
                | models.Q(purpose="organisation", organisation__isnull=False),
                name="key_belongs_to_its_purpose",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(retired_at__isnull=True, revoked_at__isnull=True),
                name="one_active_key_each",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(stolen_since__isnull=True)
                | models.Q(retired_at__isnull=False)
                | models.Q(revoked_at__isnull=False),
                name="stolen_key_signs_no_more",
            ),
        ]

    def __str__(self) -> str:
        return self.kid.hex()

    @property
    def is_active(self) -> bool:
        """True while the key may sign."""
        return self.retired_at is None and self.revoked_at is None


class ApiToken(models.Model):
    """Shown once; stored as prefix + SHA-256. Acts as `membership`, within `scopes`, until it ends."""

    class Scope(models.TextChoices):
        CAPTURE = "capture"
        READ = "read"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = BytesField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope))
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)  # to within ten minutes

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"pt_{self.prefix}_… ({self.name})"


class RegistryChange(models.Model):
    """A change of a key or licence, told upwards: the ledger turns it into a signed statement."""

    class Action(models.TextChoices):
        REGISTERED = "registered"
        RETIRED = "retired"
        GRANTED = "granted"
        SUSPENDED = "suspended"
        REINSTATED = "reinstated"
        REVOKED = "revoked"
        STOLEN = "stolen"

    id = models.BigAutoField(primary_key=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="changes")
    key = models.ForeignKey(SigningKey, null=True, on_delete=models.PROTECT)
    licence = models.ForeignKey(Licence, null=True, on_delete=models.PROTECT)
    action = models.CharField(max_length=12, choices=Action)
    changed_at = models.DateTimeField()
    since = models.DateTimeField(null=True)  # of a theft

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(action="stolen", since__isnull=False)
                | (~models.Q(action="stolen") & models.Q(since__isnull=True)),
                name="theft_has_a_moment",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    key__isnull=False,
                    licence__isnull=True,
                    action__in=["registered", "retired", "revoked", "stolen"],
                )
                | models.Q(
                    key__isnull=True,
                    licence__isnull=False,
                    action__in=["granted", "suspended", "reinstated", "revoked"],
                ),
                name="change_is_of_a_key_or_a_licence",
            ),
        ]

    def __str__(self) -> str:
        return f"{'key' if self.key_id else 'licence'} {self.action}: {self.organisation}"


class SignInAttempt(models.Model):
    """One wrong password, or one being checked right now: what the limit on guessing counts."""

    email = models.CharField(max_length=254)
    address = models.GenericIPAddressField(null=True)  # the visitor's
    tried_at = models.DateTimeField()

    class Meta:
        ordering = ["-tried_at"]
        indexes = [
            models.Index(fields=["email", "address", "tried_at"], name="sign_in_attempt_pair"),
            models.Index(fields=["tried_at"], name="sign_in_attempt_age"),
        ]

    def __str__(self) -> str:
        return f"{self.email} from {self.address}"


# What people did, who is invited and who is signed in: rooms of their own, known to Django from here.
from apps.parties.deed_models import Deed  # noqa: E402
from apps.parties.joining_models import Invitation, LicenceApplication  # noqa: E402
from apps.parties.session_models import BrowserSession  # noqa: E402

__all__ = [
    "ApiToken",
    "BrowserSession",
    "Deed",
    "Distributor",
    "Invitation",
    "Licence",
    "LicenceApplication",
    "Manufacturer",
    "Membership",
    "Organisation",
    "Pharmacy",
    "RegistryChange",
    "Regulator",
    "Representation",
    "SignInAttempt",
    "SigningKey",
    "Site",
    "User",
]
