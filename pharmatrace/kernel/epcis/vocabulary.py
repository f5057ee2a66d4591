"""Words of the Core Business Vocabulary (CBV 2.0 §7) and of sensor reports, in all spellings:
a bare word (`shipping`), a prefixed name (`cbv:BizStep-shipping`), a web URI
(`https://ref.gs1.org/cbv/BizStep-shipping`) or a URN (`urn:epcglobal:cbv:bizstep:shipping`).

Events carry the bare word; the event hash uses the web URI.
"""

from __future__ import annotations

CBV = "https://ref.gs1.org/cbv/"
GS1_VOC = "https://gs1.org/voc/"

_CLOSED_CBV = ("urn:epcglobal:cbv", "http://ns.gs1.org/cbv/", "https://ns.gs1.org/cbv/")
_CLOSED_VOC = tuple(f"{start}gs1.org/voc/" for start in
                    ("http://", "https://", "http://www.", "https://www."))  # fmt: skip


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BIZ_STEPS = _words(
    """
    accepting arriving assembling collecting commissioning consigning
    creating_class_instance cycle_counting decommissioning departing destroying
    disassembling dispensing encoding entering_exiting holding inspecting installing killing
    loading other packing picking receiving removing repackaging repairing replacing
    reserving retail_selling sampling sensor_reporting shipping staging_outbound
    stock_taking stocking storing transporting unloading unpacking void_shipping
    """
)

DISPOSITIONS = _words(
    """
    active available completeness_inferred completeness_verified conformant container_closed
    container_open damaged destroyed dispensed disposed encoded expired in_progress
    in_transit inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement
    no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled
    reserved retail_sold returned sellable_accessible sellable_not_accessible stolen
    unavailable unknown
    """
)

BIZ_TRANSACTION_TYPES = _words(
    """
    bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt
    """
)

SOURCE_DESTINATION_TYPES = _words(
    """
    location owning_party possessing_party
    """
)

ERROR_REASONS = _words(
    """
    did_not_occur incorrect_data
    """
)

MEASUREMENT_TYPES = _words(
    """
    AbsoluteHumidity AbsorbedDose AbsorbedDoseRate Acceleration Altitude AmountOfSubstance
    AmountOfSubstancePerUnitVolume Angle AngularAcceleration AngularMomentum AngularVelocity
    Area Capacitance Conductance Conductivity Count Density Dimensionless DoseEquivalent
    DoseEquivalentRate DynamicViscosity ElectricCharge ElectricCurrent
    ElectricCurrentDensity ElectricFieldStrength Energy Exposure Force Frequency Illuminance
    Inductance Irradiance KinematicViscosity Length LinearMomentum Luminance LuminousFlux
    LuminousIntensity MagneticFlux MagneticFluxDensity MagneticVectorPotential Mass
    MassConcentration MassFlowRate MassPerAreaTime MemoryCapacity MolalityOfSolute
    MolarEnergy MolarMass MolarVolume Power Pressure RadiantFlux RadiantIntensity
    Radioactivity RelativeHumidity Resistance Resistivity SolidAngle SpecificVolume Speed
    SurfaceDensity SurfaceTension Temperature Time Torque Voltage Volume VolumeFlowRate
    VolumeFraction VolumetricFlux Wavenumber
    """
)

SENSOR_EXCEPTIONS = _words(
    """
    ALARM_CONDITION ERROR_CONDITION
    """
)

COMPONENTS = _words(
    """
    altitude axial_distance azimuth easting elevation_angle height latitude longitude
    northing polar_angle spherical_radius x y z
    """
)


class Vocabulary:
    """One list of words with the starts of their long spellings."""

    def __init__(self, words: frozenset[str], web: str, urn: str | None = None) -> None:
        self.words = words
        self.web = web
        # GS1's JSON Schema closes these ways to spell a word: in JSON it stands bare.
        self.closed = _CLOSED_CBV if web.startswith(CBV) else _CLOSED_VOC
        self._starts = tuple(
            start
            for start in (web, web.replace(CBV, "cbv:").replace(GS1_VOC, "gs1:"), urn)
            if start
        )

    def bare(self, text: str) -> str:
        """The bare word for any spelling of a word of this list; other text unchanged."""
        if text in self.words:
            return text
        for start in self._starts:
            if text.startswith(start):
                word = text[len(start) :]
                return word if word in self.words else text
        return text

    def web_uri(self, text: str) -> str:
        """The web URI for any spelling of a word of this list, or of one that could stand in a
        later version of it; other text unchanged."""
        if text in self.words:
            return self.web + text
        for start in self._starts:
            if text.startswith(start):
                return self.web + text[len(start) :]
        return text

    def one_form(self, text: str) -> str:
        """The bare word where this list has it, else as `web_uri`."""
        uri = self.web_uri(text)
        word = uri.removeprefix(self.web)
        return word if word in self.words else uri


_URN = "urn:epcglobal:cbv:"
BIZ_STEP = Vocabulary(BIZ_STEPS, f"{CBV}BizStep-", f"{_URN}bizstep:")
DISPOSITION = Vocabulary(DISPOSITIONS, f"{CBV}Disp-", f"{_URN}disp:")
BIZ_TRANSACTION_TYPE = Vocabulary(BIZ_TRANSACTION_TYPES, f"{CBV}BTT-", f"{_URN}btt:")
SOURCE_DESTINATION_TYPE = Vocabulary(SOURCE_DESTINATION_TYPES, f"{CBV}SDT-", f"{_URN}sdt:")
ERROR_REASON = Vocabulary(ERROR_REASONS, f"{CBV}ER-", f"{_URN}er:")
MEASUREMENT_TYPE = Vocabulary(MEASUREMENT_TYPES, GS1_VOC)
SENSOR_EXCEPTION = Vocabulary(SENSOR_EXCEPTIONS, GS1_VOC)
COMPONENT = Vocabulary(COMPONENTS, f"{CBV}Comp-")


def bare_biz_step(text: str) -> str:
    """`shipping` for any spelling of it; unknown steps unchanged."""
    return BIZ_STEP.bare(text)


def bare_disposition(text: str) -> str:
    """`in_transit` for any spelling of it; unknown dispositions unchanged."""
    return DISPOSITION.bare(text)


def bare_biz_transaction_type(text: str) -> str:
    """`desadv` for any spelling of it; unknown types unchanged."""
    return BIZ_TRANSACTION_TYPE.bare(text)


def bare_source_destination_type(text: str) -> str:
    """`possessing_party` for any spelling of it; unknown types unchanged."""
    return SOURCE_DESTINATION_TYPE.bare(text)
