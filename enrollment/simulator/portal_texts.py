"""The portal's words in English and French. It knows no Django, so it keeps its own small catalogue."""

FRENCH = {
    "Devices": "Appareils",
    "MDM servers": "Serveurs MDM",
    "Conditions and faults": "Conditions et pannes",
    "Pretend Apple — nothing here reaches Apple": "Apple simulé — rien ici n'atteint Apple",
    "Pretend Apple Business Manager": "Apple Business Manager simulé",
    "A server stands for the product that manages your devices. Add one, give it the certificate, take its token.": "Un serveur représente le produit qui gère vos appareils. Ajoutez-en un, donnez-lui le certificat, prenez son jeton.",
    "Add MDM server": "Ajouter un serveur MDM",
    "Server name": "Nom du serveur",
    "Free to choose: it is neither the name nor the address of your product.": "Au choix : ce n'est ni le nom ni l'adresse de votre produit.",
    "Apps and Books": "Apps et livres",
    "The content token gives a product the licences of this location. It is valid for a year.": "Le jeton de contenu donne à un produit les licences de ce lieu. Il est valable un an.",
    "Download content token": "Télécharger le jeton de contenu",
    "Save": "Enregistrer",
    "Token until": "Jeton jusqu'au",
    "No token yet": "Pas encore de jeton",
    "Public key": "Clé publique",
    "Upload the certificate (.pem) your product gave you.": "Envoyez le certificat (.pem) que votre produit vous a donné.",
    "Uploaded": "Envoyée",
    "Not uploaded yet": "Pas encore envoyée",
    "Server token": "Jeton de serveur",
    "Download token": "Télécharger le jeton",
    "Downloading a new token ends the current one at once.": "Télécharger un nouveau jeton met fin à l'actuel aussitôt.",
    "First upload the public key.": "Envoyez d'abord la clé publique.",
    "Let the token expire now": "Faire expirer le jeton maintenant",
    "Assign devices to this server": "Affecter des appareils à ce serveur",
    "Serial numbers": "Numéros de série",
    "One a line; or leave it empty and take unassigned ones.": "Un par ligne ; ou laissez vide et prenez des appareils non affectés.",
    "How many unassigned devices": "Combien d'appareils non affectés",
    "Assign": "Affecter",
    "Add new devices": "Ajouter de nouveaux appareils",
    "How many": "Combien",
    "On server": "Sur le serveur",
    "None (organisation only)": "Aucun (organisation seulement)",
    "Add": "Ajouter",
    "Search": "Rechercher",
    "Serial number": "Numéro de série",
    "Model": "Modèle",
    "Server": "Serveur",
    "Profile": "Profil",
    "With the selected devices": "Avec les appareils choisis",
    "Unassign from server": "Retirer du serveur",
    "Release from the organisation": "Libérer de l'organisation",
    "Turn on (fetches its profile)": "Allumer (récupère son profil)",
    "Replace after a repair": "Remplacer après réparation",
    "Set a migration deadline in 30 days": "Fixer une échéance de migration dans 30 jours",
    "Do it": "Exécuter",
    "Terms and conditions": "Conditions générales",
    "Accepted": "Acceptées",
    "New terms wait to be accepted": "De nouvelles conditions attendent d'être acceptées",
    "Accept": "Accepter",
    "Publish new terms": "Publier de nouvelles conditions",
    "Faults": "Pannes",
    "Make the pretend Apple misbehave, to see what your product does.": "Faites mal se comporter l'Apple simulé, pour voir ce que fait votre produit.",
    "Fault": "Panne",
    "For so many requests (empty: until switched off)": "Pour tant de requêtes (vide : jusqu'à l'arrêt)",
    "Retry-After in seconds": "Retry-After en secondes",
    "Switch on": "Activer",
    "Switch all off": "Tout désactiver",
    "No fault is on.": "Aucune panne active.",
    "There is nothing here.": "Il n'y a rien ici.",
    "Organisation": "Organisation",
    "Showing the first 100.": "Les 100 premiers sont affichés.",
    "No devices.": "Aucun appareil.",
    "saved": "La clé publique est enregistrée. Téléchargez maintenant le jeton.",
    "assigned": "Les appareils sont affectés.",
    "expired": "Le jeton a expiré.",
    "no_devices": "Aucun de ces numéros de série n'est dans l'organisation.",
    "no_certificate": "Envoyez d'abord la clé publique.",
    "not_a_certificate": "Ce fichier n'est pas un certificat au format PEM.",
}
ENGLISH = {
    "saved": "The public key is saved. Now download the token.",
    "assigned": "The devices are assigned.",
    "expired": "The token has expired.",
    "no_devices": "None of these serial numbers is in the organisation.",
    "no_certificate": "First upload the public key.",
    "not_a_certificate": "This file is not a certificate in PEM format.",
}
SAID = tuple(ENGLISH)
WRONG = ("no_devices", "no_certificate", "not_a_certificate")


class Texts:
    """Looks words up for one reader."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str) -> str:
        return FRENCH.get(text, text) if self.language == "fr" else ENGLISH.get(text, text)


def language_of(cookie: str, accepted: str) -> str:
    """The language chosen before, else the browser's first of the two."""
    for chosen in ("en", "fr"):
        if f"portal_language={chosen}" in cookie:
            return chosen
    return next((part[:2] for part in accepted.lower().replace(" ", "").split(",") if part[:2] in ("en", "fr")), "en")
