"""A standard of our own in the layout of the published one: small, and with one example of each kind of rule."""

from __future__ import annotations

from pathlib import Path

SCHEMA = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" version="{version}">
 <xsd:include schemaLocation="iati-common.xsd"/>
 <xsd:element name="iati-activities"><xsd:complexType>
  <xsd:sequence>
   <xsd:element ref="iati-activity" maxOccurs="unbounded"/>
   <xsd:any namespace="##other" processContents="lax" minOccurs="0" maxOccurs="unbounded"/>
  </xsd:sequence>
  <xsd:attribute name="version" type="xsd:string"/>
  <xsd:attribute name="generated-datetime" type="xsd:dateTime"/>
 </xsd:complexType></xsd:element>
 <xsd:element name="iati-activity"><xsd:complexType>
  <xsd:sequence>
   <xsd:element name="iati-identifier" type="xsd:string"/>
   <xsd:element name="title"><xsd:complexType><xsd:sequence>
    <xsd:element name="narrative" type="xsd:string" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>
   <xsd:element name="activity-status" minOccurs="0"><xsd:complexType>
    <xsd:attribute name="code" type="xsd:string" use="required"/></xsd:complexType></xsd:element>
   <xsd:element name="activity-date" minOccurs="0" maxOccurs="unbounded"><xsd:complexType>
    <xsd:attribute name="type" type="xsd:string" use="required"/>
    <xsd:attribute name="iso-date" type="xsd:date"/></xsd:complexType></xsd:element>
   <xsd:element name="contact-info" minOccurs="0"><xsd:complexType><xsd:sequence>
    <xsd:element name="email" type="Email"/></xsd:sequence></xsd:complexType></xsd:element>
   <xsd:element name="sector" minOccurs="0" maxOccurs="unbounded"><xsd:complexType>
    <xsd:attribute name="code" type="xsd:string"/><xsd:attribute name="vocabulary" type="xsd:string"/>
    <xsd:attribute name="percentage" type="xsd:decimal"/></xsd:complexType></xsd:element>
   <xsd:element name="flag" type="Flag" minOccurs="0"/>
  </xsd:sequence>
  <xsd:attribute name="default-currency" type="xsd:string"/>
  <xsd:attribute name="version" type="xsd:string"/>
  <xsd:attribute ref="xml:lang"/>
 </xsd:complexType></xsd:element>
</xsd:schema>""".replace(
    '<xsd:element name="iati-activities">',
    '<xsd:import namespace="http://www.w3.org/XML/1998/namespace" schemaLocation="xml.xsd"/>\n'
    ' <xsd:element name="iati-activities">',
)
COMMON = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
 <xsd:simpleType name="Flag"><xsd:restriction base="xsd:string">
  <xsd:enumeration value="yes"/><xsd:enumeration value="no"/></xsd:restriction></xsd:simpleType>
 <xsd:simpleType name="Email"><xsd:restriction base="xsd:string"><xsd:pattern value="[^@]+@[^@]+"/></xsd:restriction>
 </xsd:simpleType>
</xsd:schema>"""
XML = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/XML/1998/namespace">
 <xsd:attribute name="lang" type="xsd:language"/>
</xsd:schema>"""
MAPPING = """<mappings>
 <mapping><path>//iati-activity/@default-currency</path><codelist ref="Currency"/></mapping>
 <mapping><path>//iati-activity/activity-status/@code</path><codelist ref="ActivityStatus"/></mapping>
 <mapping><path>//iati-activity/sector/@code</path><codelist ref="Sector"/>
  <condition>@vocabulary = '1' or not(@vocabulary)</condition></mapping>
 <mapping><path>//iati-activity/contact-info/email/text()</path><codelist ref="ActivityStatus"/></mapping>
 <mapping><path>//@xml:lang</path><codelist ref="Language"/></mapping>
 <mapping><path>//iati-organisation/@default-currency</path><codelist ref="Nowhere"/></mapping>
</mappings>"""
CODES = {"ActivityStatus": "2 3 a@b.org", "Currency": "GBP USD", "Sector": "15110 15220", "Language": "en ar"}


def codelist(name: str, codes: str, said: str = 'complete="1"') -> str:
    items = "".join(f"<codelist-item><code>{code}</code></codelist-item>" for code in codes.split())
    return f'<codelist name="{name}" {said}><codelist-items>{items}</codelist-items></codelist>'


def write_schema(folder: Path, version: str) -> None:
    folder.mkdir(parents=True)
    (folder / "iati-activities-schema.xsd").write_text(SCHEMA.replace("{version}", version))
    (folder / "iati-common.xsd").write_text(COMMON)
    (folder / "xml.xsd").write_text(XML)


def write_codelists(folder: Path) -> None:
    folder.mkdir(parents=True)
    for name, codes in CODES.items():
        said = 'complete="0"' if name == "Language" else 'complete="1"'
        (folder / f"{name}.xml").write_text(codelist(name, codes, said))


def write_standard(root: Path) -> Path:
    """Versions 1.01 and 9.07, both alike; the list of sectors grows."""
    for version in ("1.01", "9.07"):
        folder = root / version.replace(".", "-")
        write_schema(folder / "schemas", version)
        write_codelists(folder / "codelists")
        (folder / "codelist-mapping.xml").write_text(MAPPING)
    (root / "codelists_non_embedded").mkdir()
    (root / "codelists_non_embedded" / "Sector.xml").write_text(codelist("Sector", CODES["Sector"]))
    return root
