"""What the demo's leaflets say: a few invented lines in the order of the European template, so that nobody takes them for
advice."""

from __future__ import annotations

WORDS = {
    "en": (
        "Package leaflet (invented for this demo)",
        "This is not the leaflet of the medicine. Ask your pharmacist for the real one.",
        ("1. What {name} is and what it is used for", "{name} {strength} stands here as an example of a medicine."),
        ("2. What you need to know before you use it", "- Tell your doctor what else you take.\n- Do not use it after its expiry date."),
        ("3. How to use it", "Use it exactly as your doctor or pharmacist has told you."),
        ("4. Possible side effects", "If you get any side effects, talk to your doctor, pharmacist or nurse."),
        ("5. How to store it", "Keep it out of the sight and reach of children."),
    ),
    "de": (
        "Packungsbeilage (für diese Vorführung erfunden)",
        "Dies ist nicht die Packungsbeilage des Arzneimittels. Die echte bekommen Sie in der Apotheke.",
        ("1. Was ist {name} und wofür wird es angewendet?", "{name} {strength} steht hier als Beispiel für ein Arzneimittel."),
        ("2. Was sollten Sie vor der Anwendung beachten?", "- Sagen Sie Ihrem Arzt, was Sie sonst einnehmen.\n- Nach dem Verfalldatum nicht mehr anwenden."),
        ("3. Wie ist es anzuwenden?", "Wenden Sie es genau so an, wie es Ihnen gesagt wurde."),
        ("4. Welche Nebenwirkungen sind möglich?", "Wenn Sie Nebenwirkungen bemerken, wenden Sie sich an Ihren Arzt oder Apotheker."),
        ("5. Wie ist es aufzubewahren?", "Für Kinder unzugänglich aufbewahren."),
    ),
    "fr": (
        "Notice (inventée pour cette démonstration)",
        "Ceci n’est pas la notice du médicament. Demandez la vraie à votre pharmacien.",
        ("1. Qu’est-ce que {name} et dans quel cas est-il utilisé ?", "{name} {strength} sert ici d’exemple de médicament."),
        ("2. Quelles sont les informations à connaître avant de l’utiliser ?", "- Dites à votre médecin ce que vous prenez d’autre.\n- Ne pas utiliser après la date de péremption."),
        ("3. Comment l’utiliser ?", "Suivez exactement les indications de votre médecin ou pharmacien."),
        ("4. Quels sont les effets indésirables éventuels ?", "Si vous ressentez un effet indésirable, parlez-en à votre médecin ou pharmacien."),
        ("5. Comment le conserver ?", "Tenir hors de la vue et de la portée des enfants."),
    ),
    "es": (
        "Prospecto (inventado para esta demostración)",
        "Este no es el prospecto del medicamento. Pida el verdadero a su farmacéutico.",
        ("1. Qué es {name} y para qué se utiliza", "{name} {strength} figura aquí como ejemplo de un medicamento."),
        ("2. Qué necesita saber antes de usarlo", "- Diga a su médico qué más toma.\n- No lo use después de la fecha de caducidad."),
        ("3. Cómo usarlo", "Úselo exactamente como le haya indicado su médico o farmacéutico."),
        ("4. Posibles efectos adversos", "Si nota efectos adversos, consulte a su médico o farmacéutico."),
        ("5. Conservación", "Mantener fuera de la vista y del alcance de los niños."),
    ),
    "pt": (
        "Folheto informativo (inventado para esta demonstração)",
        "Este não é o folheto do medicamento. Peça o verdadeiro ao seu farmacêutico.",
        ("1. O que é {name} e para que é utilizado", "{name} {strength} serve aqui de exemplo de um medicamento."),
        ("2. O que precisa de saber antes de utilizar", "- Diga ao seu médico o que mais toma.\n- Não utilize após o prazo de validade."),
        ("3. Como utilizar", "Utilize exatamente como indicado pelo seu médico ou farmacêutico."),
        ("4. Efeitos indesejáveis possíveis", "Se tiver efeitos indesejáveis, fale com o seu médico ou farmacêutico."),
        ("5. Como conservar", "Manter fora da vista e do alcance das crianças."),
    ),
}  # fmt: skip
