"""The portal's words in English and French. It knows no Django, so it keeps its own small catalogue."""

FRENCH = {
    "Devices": "Appareils",
    "device": "appareil",
    "devices": "appareils",
    "MDM servers": "Serveurs MDM",
    "Conditions and faults": "Conditions et pannes",
    "Pretend Apple — nothing here reaches Apple": "Apple simulé — rien ici n'atteint Apple",
    "Pretend Apple Business Manager": "Apple Business Manager simulé",
    "A server stands for the product that manages your devices. Add one, give it the certificate, take its token.": "Un serveur représente le produit qui gère vos appareils. Ajoutez-en un, donnez-lui le certificat, prenez son jeton.",
    "Add MDM server": "Ajouter un serveur MDM",
    "Server name": "Nom du serveur",
    "Free to choose: it is neither the name nor the address of your product.": "Au choix : ce n'est ni le nom ni l'adresse de votre produit.",
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
    "One a line; or leave it empty and take unassigned ones.": "Un par ligne ; ou laissez vide et prenez des appareils non affectés.",
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
    "For so many requests (empty: until switched off)": "Pour tant de requêtes (vide : jusqu'à l'arrêt)",
    "Retry-After in seconds": "Retry-After en secondes",
    "Switch on": "Activer",
    "Switch all off": "Tout désactiver",
    "No fault is on.": "Aucune panne active.",
    "There is nothing here.": "Il n'y a rien ici.",
    "Organisation": "Organisation",
    "Showing the first 100.": "Les 100 premiers sont affichés.",
    "No devices.": "Aucun appareil.",
    "Licences of the location": "Licences du lieu",
    "A location owns licences of apps and books. A content token speaks for one location.": "Un lieu possède des licences d'apps et de livres. Un jeton de contenu parle pour un lieu.",
    "Apps and books": "Apps et livres",
    "app or book": "app ou livre",
    "apps and books": "apps et livres",
    "Add location": "Ajouter un lieu",
    "Name": "Nom",
    "the faults whose names begin with content_ are those of Apps and Books.": "les pannes dont le nom commence par content_ sont celles d'Apps et livres.",
    "This location owns nothing.": "Ce lieu ne possède rien.",
    "App": "App",
    "Book": "Livre",
    "Price": "Prix",
    "Total": "Total",
    "In use": "Utilisées",
    "Retired": "Retirées",
    "Free": "Libres",
    "Change licences": "Modifier les licences",
    "What": "Quoi",
    "Assign to devices": "Affecter à des appareils",
    "Take back from devices": "Reprendre à des appareils",
    "Assign until so many are free": "Affecter jusqu'à en laisser autant de libres",
    "Buy more": "En acheter d'autres",
    "Retire (refund)": "Retirer (remboursement)",
    "Move all to another location": "Tout déplacer vers un autre lieu",
    "Buy something new": "Acheter autre chose",
    "Number in the App Store": "Numéro dans l'App Store",
    "Kind": "Genre",
    "Buy": "Acheter",
    "Content tokens": "Jetons de contenu",
    "A new one leaves the ones before as they are.": "Un nouveau laisse les précédents tels quels.",
    "Let them expire in 10 days": "Les faire expirer dans 10 jours",
    "Let them expire now": "Les faire expirer maintenant",
    "Revoke them": "Les révoquer",
    "revoked": "révoqué",
    "until": "jusqu'au",
    "expired since": "expiré depuis le",
    "Who manages it": "Qui le gère",
    "A product that gives out licences says so here; it must be the only one.": "Un produit qui distribue des licences le dit ici ; il doit être le seul.",
    "Product": "Produit",
    "licences_changed": "Les licences sont modifiées.",
    "not_so_many": "Il n'y en a pas autant.",
    "not_an_app": "Donnez le numéro d'une app et combien de licences.",
    "tokens_changed": "Les jetons de contenu sont modifiés.",
    "product_changed": "C'est enregistré.",
    "saved": "La clé publique est enregistrée. Téléchargez maintenant le jeton.",
    "assigned": "Les appareils sont affectés.",
    "expired": "Le jeton a expiré.",
    "no_devices": "Aucun de ces numéros de série n'est dans l'organisation.",
    "no_certificate": "Envoyez d'abord la clé publique.",
    "not_a_certificate": "Ce fichier n'est pas un certificat au format PEM.",
}
ENGLISH = {
    "licences_changed": "The licences are changed.",
    "not_so_many": "There are not so many.",
    "not_an_app": "Give the number of an app, and how many licences.",
    "tokens_changed": "The content tokens are changed.",
    "product_changed": "It is saved.",
    "saved": "The public key is saved. Now download the token.",
    "assigned": "The devices are assigned.",
    "expired": "The token has expired.",
    "no_devices": "None of these serial numbers is in the organisation.",
    "no_certificate": "First upload the public key.",
    "not_a_certificate": "This file is not a certificate in PEM format.",
}
SAID = tuple(ENGLISH)
WRONG = ("no_devices", "no_certificate", "not_a_certificate", "not_so_many", "not_an_app")


class Texts:
    """Looks words up for one reader."""

    def __init__(self, language: str) -> None:
        self.language = language

    def __call__(self, text: str) -> str:
        return FRENCH.get(text, text) if self.language == "fr" else ENGLISH.get(text, text)

    def count(self, number: int, one: str, many: str) -> str:
        """So many of them; to French, none is singular, too."""
        is_one = number == 1 or (number == 0 and self.language == "fr")
        return f"{number} {self(one if is_one else many)}"


def language_of(cookie: str, accepted: str) -> str:
    """The language chosen before, else the browser's first of the two."""
    for chosen in ("en", "fr"):
        if f"portal_language={chosen}" in cookie:
            return chosen
    return next((part[:2] for part in accepted.lower().replace(" ", "").split(",") if part[:2] in ("en", "fr")), "en")
