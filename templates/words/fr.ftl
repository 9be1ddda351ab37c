# Les mots fixes de tous les canaux, en français. Une espace insécable précède
# les deux-points et accompagne les guillemets.

language = Français
colon = { "\u00A0" }:

## Dates et durées

range = { $from } au { $to }
not-before = pas avant le { $date }
to-be-announced = à préciser
to-be-announced-by = à préciser d’ici le { $date }
in-effect = déjà en vigueur
quarter = { $quarter ->
    [1] 1er
   *[other] { $quarter }e
} trimestre { $year } ({ $first } à { $last })
minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
weeks = { $count ->
    [one] { $count } semaine
   *[other] { $count } semaines
}
months = { $count } mois
years = { $count ->
    [one] { $count } an
   *[other] { $count } ans
}
every-minutes = { $count ->
    [1] chaque minute
   *[other] toutes les { $count } minutes
}
every-hours = { $count ->
    [1] chaque heure
   *[other] toutes les { $count } heures
}
every-days = { $count ->
    [1] chaque jour
   *[other] tous les { $count } jours
}
every-weeks = { $count ->
    [1] chaque semaine
   *[other] toutes les { $count } semaines
}
every-months = { $count ->
    [1] chaque mois
   *[other] tous les { $count } mois
}
every-years = { $count ->
    [1] chaque année
   *[other] tous les { $count } ans
}

## Genres, niveaux et états

kind-deprecation = Obsolescence
kind-retirement = Retrait
kind-protocol = Changement de protocole
kind-endpoint = Changement de point d’accès
kind-version = Changement de version
kind-authentication = Changement d’authentification
stage-test = test
stage-production = production
state-announced = annoncé
state-deprecated = obsolète
state-brownout = coupure d’essai
state-due = imminent
state-cut-off = coupé
state-paused = suspendu
state-cancelled = annulé

## Échéances

date-deprecation = Obsolète à partir du
date-cutoff = Coupure
date-complete = Achevé au plus tard
date-enforced = Appliqué
dates = Dates
key-cutoff = Coupure
key-deprecation = Obsolescence
key-enforced = Application
first-cutoff = Première coupure, { $place }
first-deprecation = Première obsolescence, { $place }
first-enforced = Première application, { $place }
last-cutoff = Dernière coupure, { $place }
last-deprecation = Dernière obsolescence, { $place }
last-enforced = Dernière application, { $place }

## Le cadre d’un avis

kind-announced = { $kind }, annoncé{ "\u00A0" }: { $date }
announced = annoncé{ "\u00A0" }: { $date }
announced-on = Annoncé{ "\u00A0" }: { $date }.
write-again = Nous prévoyons de vous réécrire { $lengths } avant chaque coupure.
hear-again = Les abonnés reçoivent un rappel { $lengths } avant chaque coupure.
read-on-web = Lire cet avis sur le web
notice-on-web = avis sur le web
because-you-asked = Vous recevez ce courriel parce que vous avez demandé à suivre les changements de { $program }.
change-what-you-hear = Préférences
unsubscribe = Se désabonner
test-copy = Ceci est une copie d’essai. Elle a été envoyée pour vérifier l’aspect de l’avis{ "\u00A0" }; elle n’annonce rien.
test-subject = [Essai] { $subject }

## Qui est concerné

who-is-affected = Qui est concerné
for-you = Pour vous, cela concerne { $apis }.
all-apis-below = toutes les API du calendrier ci-dessous
not-affected = Non concerné
what-ends = Ce qui disparaît
what-is-needed = Ce qu’il faut à la place

## Le calendrier

what-happens = Ce qui se passe, quand et où
schedule = Calendrier
days-begin = Les jours commencent à 00:00 dans le fuseau horaire { $zone }.
time-zone = Fuseau horaire
where = Où
urls = URL
impacted-apis = API concernées
state = État
apis = API
api = API
api-name = Nom de l’API
about = À propos
about-apis = À propos des API nommées ci-dessus
by-name = { $title }, par nom
listed-below = ({ $count }, voir la liste plus bas)
same-as = Les mêmes { $count } que sous «{ "\u00A0" }{ $title }{ "\u00A0" }».
only-for = Seulement pour{ "\u00A0" }: { $cohort }
versions = { $count ->
    [one] version { $versions }
   *[other] versions { $versions }
}
opting-out = Demander une exception
opting-out-by = Demander une exception, avant{ "\u00A0" }: { $date }
rows-left-out = { $count ->
    [one] Une autre ligne ne vous concerne pas et n’est pas reprise ici.
   *[other] { $count } autres lignes ne vous concernent pas et ne sont pas reprises ici.
}
whole-schedule = Le calendrier complet est dans l’{ $notice }.

## Coupures d’essai

planned-brownouts = Coupures d’essai prévues
during-brownouts = Pendant une coupure d’essai, les requêtes échouent un moment, comme elles le feront après la coupure.
rhythm = { $every }, début{ "\u00A0" }: { $start }, fin{ "\u00A0" }: { $until }, { $count } fois
for-length = durée{ "\u00A0" }: { $length }
ending = fin{ "\u00A0" }: { $date }
named-later = Les API seront nommées plus tard.
named-later-by = Les API seront nommées plus tard, échéance{ "\u00A0" }: { $date }.
all-apis-struck = Tout ce que le calendrier y indique est touché.
struck = Touchées

## Modifications

changes = Ce qui a changé
changes-since = Ce qui a changé depuis l’annonce
not-recorded = Les dates précédentes n’ont pas été conservées.
for-places = pour { $places }
formerly = auparavant { $date }
said-before = annoncé auparavant{ "\u00A0" }: { $value }
now = désormais { $value }
text = Texte
amendment-extended = Prolongé
amendment-advanced = Avancé
amendment-postponed = Reporté
amendment-refined = Précisé
amendment-rescheduled = Replanifié
amendment-rescoped = Périmètre modifié
amendment-paused = Suspendu
amendment-resumed = Repris
amendment-cancelled = Annulé
amendment-corrected = Corrigé

## Que faire

what-to-do = Que faire
what-to-use = Quoi utiliser à la place
no-replacement = il n’y a pas de remplacement.
use = utiliser
or = ou
together-with = avec
test-endpoint = Point d’accès de test
accepts-only = N’accepte que { $what }
opens = Ouverture{ "\u00A0" }: { $date }
closes = Fermeture{ "\u00A0" }: { $date }
careful = Attention
expected = Attendu
ready = Prêt
not-ready = Pas prêt

## Ce que verront les clients

what-you-will-see = Ce que vous verrez
client-gets = { $count ->
    [one] Un client qui n’est pas prêt reçoit cette erreur{ "\u00A0" }:
   *[other] Un client qui n’est pas prêt reçoit l’une de ces erreurs{ "\u00A0" }:
}
client-gets-when = { $count ->
    [one] Un client qui n’est pas prêt reçoit cette erreur { $when }{ "\u00A0" }:
   *[other] Un client qui n’est pas prêt reçoit l’une de ces erreurs { $when }{ "\u00A0" }:
}
during-brownout = pendant une coupure d’essai
during-cutoff = après la coupure
during-both = pendant une coupure d’essai et après la coupure
http-status = statut HTTP { $status }
from-apis = de la part de { $apis }

## Le reste

questions = Questions et réponses
background = Contexte
who-is-behind = Qui est à l’origine du changement
what-demands-it = Ce qui l’exige
in-force = en vigueur{ "\u00A0" }: { $date }
versions-and-fate = Les versions et leur sort
read-more = En savoir plus
contact = Contact
deprecated = Obsolète
deprecated-on = Obsolète depuis le { $date }
deprecated-in = Obsolète depuis { $date }
deprecated-when = Obsolète{ "\u00A0" }: { $date }
retired = Retirée
retired-on = Retirée le { $date }
retired-in = Retirée en { $date }
retired-when = Retirée{ "\u00A0" }: { $date }
current = Actuelle
current-on = Actuelle depuis le { $date }
current-in = Actuelle depuis { $date }
current-when = Actuelle{ "\u00A0" }: { $date }
planned = Prévue
planned-on = Prévue pour le { $date }
planned-in = Prévue pour { $date }
planned-when = Prévue{ "\u00A0" }: { $date }

## Rappels et changements

reminder = Rappel
coming-cutoff = La coupure annoncée approche : { $date }.
coming-brownout = La première des coupures d’essai prévues approche : { $date }.
all-on-web = L’avis complet sur le web
done-ask = Tout est prêt de votre côté ? Dites-le-nous, et vous ne recevrez plus de rappels à ce sujet.
done-say = Tout est prêt
done-question = Est-ce prêt de votre côté ?
done-means = Si oui, vous ne recevrez plus de rappels à ce sujet. Vous serez tout de même informé des changements.
done-thanks = Merci
done-now = Vous ne recevrez plus de rappels à ce sujet.
done-before = Vous l’aviez déjà dit ; vous ne recevez pas de rappels à ce sujet.
done-stands = Cela vaut même si la date change ; vous serez tout de même informé d’une nouvelle date.
done-again = Pour recevoir à nouveau des rappels, écrivez à : { $office }.
change = Changement
changed-lead = Quelque chose que nous vous avions annoncé a changé.
changed-rest = Tout le reste suit, dans son état actuel.
cancelled-lead = Ce que nous avions annoncé n’aura pas lieu. Vous n’avez rien à faire.
row-gone = Ne fait plus partie de cet avis
row-new = Nouveau
only = Uniquement pour
added = ajouté : { $what }
removed = retiré : { $what }
means-paused = Le projet est suspendu. Les dates ne valent plus ; nous vous réécrirons quand il reprendra.
means-resumed = Le projet reprend, et ces dates valent.
means-cancelled = Ceci n’aura pas lieu.

## Relances auprès d’une autre personne

escalation = Toujours sans réponse
escalation-subject = Toujours sans réponse : { $subject }
escalation-lead = { $name } a été informé le { $day } qu’une coupure approche : { $date }. Personne n’a encore dit que tout est fait, et vous êtes désigné comme second contact.
escalation-apis = Cela concerne { $apis }.
escalation-done-ask = Tout est-il fait de votre côté ? Dites-le, et ni vous ni { $name } ne recevrez plus de rappel à ce sujet.
because-second = Vous recevez ce message parce que vous êtes désigné comme second contact de { $name } pour les changements de { $program }.
escalated-subject = { $silent } sur { $told } sans réponse : { $subject }
escalated-lead = Sur { $told ->
    [one] un destinataire informé
   *[other] { $told } destinataires informés
}, { $silent ->
    [one] un n’a pas dit
   *[other] { $silent } n’ont pas dit
} que tout est fait.
escalated-written = { $count ->
    [0] Aucun second contact n’a été prévenu.
    [one] Le second contact de l’un d’eux a été prévenu.
   *[other] Les seconds contacts de { $count } d’entre eux ont été prévenus.
}
escalated-list = Qui ils sont
escalated-then = Si l’un d’eux dit que tout est prêt
escalated-why = Vous recevez ce message parce que les signalements d’absence de réponse pour { $program } sont envoyés à cette adresse.

## Drift

drift = Surveillance
drift-subject = { $count ->
    [one] Non conforme à l’annonce{ "\u00A0" }: { $place }
   *[other] Non conformes à l’annonce{ "\u00A0" }: { $count } adresses
}
drift-mended-subject = { $count ->
    [one] De nouveau conforme à l’annonce{ "\u00A0" }: { $place }
   *[other] De nouveau conformes à l’annonce{ "\u00A0" }: { $count } adresses
}
drift-heading = Non conforme à l’annonce
drift-mended-heading = De nouveau conforme à l’annonce
drift-lead = { $count ->
    [one] Nous avons vérifié ce que vous avez annoncé, et une adresse s’en écarte.
   *[other] Nous avons vérifié ce que vous avez annoncé, et { $count } adresses s’en écartent.
}
drift-mended-lead = { $count ->
    [one] Une adresse qui s’écartait de l’annonce y est de nouveau conforme.
   *[other] { $count } adresses qui s’écartaient de l’annonce y sont de nouveau conformes.
}
drift-seen-at = Constaté le { $date }.
drift-mended-at = Conforme depuis le { $date }.
drift-then = Corrigez le serveur ou, si le plan a changé, modifiez l’annonce. Nous n’écrirons de nouveau que lorsque cela changera.
drift-office = Tout ce qui est surveillé
drift-why = Vous recevez ce message parce que ce que trouve la surveillance de { $program } est envoyé à cette adresse.

## The weekly digest

announcement = Annonce
digest = Résumé hebdomadaire
digest-subject = { $count ->
    [one] Résumé hebdomadaire de { $program } : un avis
   *[other] Résumé hebdomadaire de { $program } : { $count } avis
}
digest-heading = { $count ->
    [one] Du nouveau sur un avis
   *[other] Du nouveau sur { $count } avis
}
digest-lead = Ce qui a été annoncé et a changé depuis votre dernier résumé, et ce qui approche. Ce qui ne pouvait pas attendre vous a été envoyé aussitôt.
because-you-asked-weekly = Vous recevez ce courriel parce que vous avez demandé un résumé hebdomadaire des changements de { $program }.

## Entrées d’agenda

event = { $what }, { $place }{ "\u00A0" }: { $title }
event-deprecation = Obsolète
event-cutoff = Coupure
event-complete = Coupure achevée
event-enforced = Appliqué
event-brownout = Coupure d’essai
event-endpoint-opens = Ouverture du point d’accès de test
event-endpoint-closes = Fermeture du point d’accès de test

## Pages

deprecation-notices = Avis d’obsolescence
skip = Aller au contenu
site = Site
languages = Langues
all-impacted-apis = Toutes les API concernées
subscribe = S’abonner
dates-as-calendar = Les dates en calendrier
news-feed = Actualités (Atom)
news-feed-json = Actualités (JSON Feed)
on-this-page = Sur cette page
state-since = État depuis le { $date }
state-on = État le { $date }
of-rows = { $count } sur { $total } lignes

## Badges

badge-no-change = aucun changement
badge-ends = fin{ "\u00A0" }: { $date }
badge-ends-since = terminé{ "\u00A0" }: { $date }
badge-ends-already = terminé
badge-required = requis à partir de{ "\u00A0" }: { $date }
badge-required-since = requis depuis{ "\u00A0" }: { $date }
badge-required-already = requis
badge-undated = date à annoncer

## Le tableau et les archives

table-description = Quelles API sont concernées par les obsolescences et coupures annoncées, où et quand.
table-lead = Quelles API sont concernées par les changements annoncés, où et quand.
table-caption = API concernées{ "\u00A0" }: quand chacune est coupée, où, et par quel avis
table-complete = Achevé
table-as-json = Ce tableau en JSON
api-description = Description de l’API
publication = Publication { $name }
not-understood = Tout n’a pas pu être compris.
filters = Filtres
more-filters = Plus de filtres
filters-in-use = Filtres utilisés
remove-filter = Retirer le filtre
clear-filters = Retirer tous les filtres
show = Afficher
filter-program = Programme
filter-environment = Environnement
filter-state = État
filter-api = API
filter-url = Hôte ou URL
filter-on = Au
filter-within = Coupure d’ici
filter-sort = Ordre
filter-group = Groupe
filter-notice = Avis
field-api = API (nom technique)
field-url = Hôte ou URL que vous appelez
field-on = États au (00:00 UTC)
all-programs = Tous les programmes
all-environments = Tous les environnements
any-state = N’importe quel état
any-time = N’importe quand
next-stretch = { $length }
not-yet-cut-off = Pas encore coupé
soonest-first = Coupure, la plus proche d’abord
results = { $count ->
    [1] Un résultat
   *[other] { $count } résultats
}
shown = { $first } à { $last } affichés
as-of = au { $date }
what-changes = Ce qui change
no-cutoff = Aucune coupure prévue
pages = Pages
first-page = Retour à la première page
next-page = Page suivante
nothing-matches = Rien d’annoncé ne correspond à tous ces filtres.
nothing-announced = Rien n’est annoncé pour le moment.
did-you-mean = Vouliez-vous dire { $name }{ "\u202F" }?
everything = voyez tout
take-away = Retirez l’un des filtres ci-dessus, ou { $everything }. Les noms des API sont comparés lettre par lettre, majuscules comprises.
notices = Avis
notices-description = Tous les avis{ "\u00A0" }: ce qui disparaît, ce qu’il faut à la place, et quand.
notices-of = Avis, les plus récents d’abord{ "\u00A0" }: { $office }.
notices-by-program = Tous les changements annoncés, par programme, les plus récents d’abord.
ends = Disparaît
needed = Nécessaire
last-cutoff-of-all = Dernière coupure
no-notice = Aucun avis n’a encore été publié.
no-program = Aucun programme n’a encore été publié.
impacted-apis-of = Les API concernées{ "\u00A0" }: { $program }

## The timeline

timeline = Chronologie
state-from = { $state } à partir du { $date }
and-so-on = et ainsi de suite
timeline-more = Toutes les lignes ne sont pas dessinées ; le tableau les contient toutes.

## A page per API, and "am I affected?"

api-page-description = Ce qui arrive à { $api }, où et quand.
callable-in = Peut être appelée dans
replaced-by = Remplacée par
replaced-by-nothing = Rien
rows-about = { $count ->
    [1] Une ligne la nomme
   *[other] { $count } lignes la nomment
}
no-row-about = Aucun avis en cours ne nomme cette API.
in-the-table = Cette API dans le tableau
whole-table = Toutes ses lignes sont dans le tableau
affected-question = Suis-je concerné ?
affected-description = Collez les API, hôtes ou URL que vous utilisez et voyez lesquels sont concernés par les changements annoncés.
affected-lead = Collez les API, hôtes ou URL que vous utilisez. Chaque entrée reçoit une réponse : concernée, non concernée ou inconnue.
affected-label = API, hôtes ou URL
affected-hint = Une par ligne, ou séparées par des virgules ou des espaces ; au plus { $count }. Les noms d’utilisateur, les mots de passe et tout ce qui suit un point d’interrogation sont écartés.
affected-ask = Vérifier
verdict-affected = Concernée
verdict-not-affected = Non concernée
verdict-unknown = Inconnue
because-named = Des avis en cours la nomment.
because-not-named = Elle est déclarée ici et aucun avis en cours ne la nomme.
because-cancelled = Ce qui avait été annoncé à son sujet a été annulé.
because-not-declared = Aucun programme ne la déclare ici ; on ne peut donc rien en dire.
because-partly-declared = Son hôte est déclaré ici, mais pas avec ce schéma, ce port ou ce chemin ; on ne peut donc rien en dire.
because-unreadable = Ce n’est ni un nom d’API, ni un hôte, ni une adresse web.
entry-not-shown = Une entrée qui n’est pas affichée, car elle peut contenir un mot de passe
nothing-pasted = Rien n’a été saisi.
pasted-too-many = Il y a plus de { $count } entrées. Demandez-en moins à la fois.
pasted-too-long = Cela fait plus de { $count } octets. Demandez-en moins à la fois.

## Désabonnement

unsubscribed = Désabonné
you-left = Vous êtes désabonné
left-now = Désormais, vous ne recevrez plus de courriels sur { $program }.
left-before = Vous étiez déjà désabonné{ "\u00A0" }; vous ne recevez pas de courriels sur { $program }.
page-of-apis = la page des API concernées
stays-open = Ce qui est annoncé, et quand cela arrive, reste ouvert à tous sur { $page }.
come-back = Suivre de nouveau
leave = Quitter ces courriels{ "\u202F" }?
leave-means = Cela met fin à tous les courriels que vous recevez sur { $program }{ "\u00A0" }: annonces, rappels et modifications.
nothing-happened = Rien n’a encore été fait. Les courriels sur d’autres programmes ne sont pas touchés.

## Subscribing

confirm-subject = Veuillez confirmer{ "\u00A0" }: courriels sur { $program }
confirm-kind = Confirmation
confirm-heading = Est-ce votre adresse{ "\u00A0" }?
confirm-asked = Quelqu’un, sans doute vous, a demandé que nous écrivions à cette adresse quand quelque chose change dans { $program }.
confirm-button = Voir la demande et confirmer
confirm-then = Rien ne sera envoyé avant votre confirmation. Le lien est valable 24 heures.
confirm-else = Si ce n’était pas vous, ne faites rien{ "\u00A0" }: la demande est oubliée au bout d’un jour.
confirm-why = Vous recevez ce seul courriel parce que votre adresse a été indiquée pour suivre { $program }.
subscribe-title = Suivre les changements
subscribe-lead = Recevez un courriel avant la coupure de ce que vous utilisez{ "\u00A0" }: les annonces, les changements et un rappel à temps.
choose-program = Quel programme utilisez-vous{ "\u00A0" }?
other-program = Un autre programme
your-address = Adresse électronique
address-hint = Nous y écrivons une fois pour demander si elle est à vous.
your-name = Nom (facultatif)
name-hint = Pour la formule d’appel.
which-apis = Quelles API{ "\u00A0" }?
which-environments = Quels environnements{ "\u00A0" }?
which-kinds = Quels types d’avis{ "\u00A0" }?
none-is-all = Ne cochez rien pour tout suivre.
your-language = Langue des courriels
your-zone = Fuseau horaire (facultatif)
zone-hint = Par exemple { $zone }.
how-often = À quelle fréquence
how-often-hint = Le résumé attend son jour de la semaine. Ce qui ne peut pas attendre, comme une coupure avant ce jour, arrive aussitôt.
frequency-each = Chaque message dès sa parution
frequency-weekly = Un résumé par semaine
ask-to-subscribe = Envoyez-moi le lien de confirmation
what-becomes-of-it = Nous gardons l’adresse pour ces seuls courriels. Chacun contient un lien pour y mettre fin et un autre pour voir, changer et effacer ce que nous savons de vous.
bad-fields = Il reste quelque chose à corriger
bad-missing = Veuillez remplir ce champ.
bad-address = Ce n’est pas une adresse électronique, comme name@example.org.
bad-name = Au plus 100 caractères sur une ligne.
bad-unknown = «{ "\u00A0" }{ $given }{ "\u00A0" }» n’existe pas ici.
bad-too-many = C’est trop à la fois{ "\u00A0" }; choisissez-en moins.
asked-title = Regardez votre boîte de réception
asked-lead = Si l’on peut écrire à cette adresse, un lien de confirmation est en route. Il est valable 24 heures.
asked-nothing = Pas de courriel{ "\u00A0" }? Regardez parmi les indésirables. Nous n’écrivons qu’une fois par jour, même si vous redemandez.
confirm-title = Confirmez votre demande
confirm-lead = Des courriels viendront à votre adresse à ce sujet{ "\u00A0" }:
confirm-yes = Oui, écrivez-moi
confirm-no = Je n’ai rien demandé
nothing-yet = Rien ne s’est encore passé{ "\u00A0" }: ouvrir cette page ne change rien.
confirmed-title = Vous êtes abonné
confirmed-lead = Désormais vous suivez{ "\u00A0" }:
confirmed-change = Changer ou y mettre fin
refused-title = Oublié
refused-lead = Ce qui avait été demandé en votre nom est effacé{ "\u00A0" }; aucun courriel n’en viendra.
expired-title = Ce lien a expiré
expired-lead = Il était valable 24 heures, ou un plus récent l’a remplacé. Rien n’a été changé.
ask-again = Redemander
all-apis = toutes les API
everywhere = tous les environnements
all-kinds = tous les types d’avis

## Preferences

preferences-title = Ce que vous suivez
preferences-lead = Ce qui est envoyé à { $address }, et tout ce que nous savons de vous. Qui a ce lien peut le changer{ "\u00A0" }; ne le transmettez pas.
saved = Enregistré.
you-hear-no-more = Vous êtes désabonné{ "\u00A0" }: aucun courriel sur { $program }.
no-programs = Vous ne suivez rien pour le moment.
finer-now = C’est actuellement plus fin que ce formulaire ne peut le montrer{ "\u00A0" }; enregistrer le remplace.
save-hearing = Enregistrer
leave-program = Ne plus rien recevoir sur { $program }
leave-all = Ne plus rien recevoir
leave-all-means = Sur tous les programmes ci-dessus. Ce que nous savons de vous reste, pour que vous puissiez revenir.
about-you = À votre sujet
second-contact = Second contact
second-contact-means = { $address } est désigné comme votre second contact. Si vous ne dites pas à temps que tout est prêt, un message y est envoyé aussi.
second-contact-remove = Retirer le second contact
your-data = Vos données
download-data = Télécharger tout ce que vous savez de moi (JSON)
erase-me = M’effacer
erase-means = Votre adresse, votre nom et vos choix sont effacés aussitôt, et ce qui n’a pas été envoyé ne le sera jamais. Que vous avez quitté un programme reste noté sans votre adresse.
erase-sure = J’en suis sûr{ "\u00A0" }: c’est irréversible
tick-to-erase = Cochez la case pour effacer.
erased-title = Vous êtes effacé
erased-lead = Plus rien n’est connu de vous ici, et aucun courriel ne viendra.
hears-of = { $apis }, { $environments }, { $kinds }

## Webhooks

webhook-title = Webhook
webhook-lead = Ce qui vous est envoyé par courriel peut l’être aussi à un de vos programmes, en JSON signé (Standard Webhooks).
webhook-url = Adresse du webhook
webhook-set = Définir le webhook
webhook-remove = Supprimer le webhook
webhook-renew = Nouveau secret
webhook-try = Envoyer un test
webhook-enable = Essayer de nouveau
webhook-secret-once = Ce que nous envoyons est signé avec ce secret. Il n’est montré que cette fois{ "\u00A0" }:
webhook-old-secret = Pendant 24 heures, le secret précédent signe aussi.
webhook-pending = Un défi est envoyé au webhook dans un instant{ "\u00A0" }; dès qu’il le renvoie, il reçoit ce qui vous est envoyé par courriel.
webhook-active = Le webhook reçoit ce qui vous est envoyé par courriel.
webhook-disabled = Le webhook n’est pas appelé.
webhook-answered = Le dernier test a été accepté.
webhook-test-failed = Le dernier test a échoué.
webhook-is-refused = Il mène à une adresse qui n’est pas appelée.
webhook-is-unreachable = Rien n’y répond, ou pas à temps.
webhook-is-status = Il ne répond pas avec un statut 2xx.
webhook-is-challenge = Le défi manque dans sa réponse.
webhook-is-gone = Il a répondu qu’il n’existe plus (410).
webhook-is-failing = Les appels échouent depuis quelque temps.
webhook-bad-url = Cette adresse ne convient pas. Écrivez-en une qui commence par https:// et mène à un hôte public.
webhook-mail-subject = Votre webhook chez { $host } a été désactivé
webhook-mail-heading = Votre webhook a été désactivé
webhook-mail-lead = Nous n’appelons plus votre webhook chez { $host }. Vous continuez de recevoir des courriels.
webhook-mail-then = Ce qui l’attendait n’est pas envoyé. Quand il fonctionnera de nouveau, faites-le réessayer ici{ "\u00A0" }:

## Rechercher, copier, et l’heure du lecteur

search = Rechercher
search-lead = Rechercher parmi les avis, les API, les environnements et les hôtes.
search-label = Mots, noms ou hôte
search-nothing = Rien ici ne correspond à tous ces mots.
search-hint = Essayez avec moins de mots, ou le début d’un mot. Ni la casse ni les accents ne comptent.
found-host = Hôte
copy = Copier
copied = Copié
there-at = { $moment }, { $zone }
there-from = dès { $moment }, { $zone }
zone-label = Votre fuseau horaire, pour y montrer aussi les heures
zone-drop = Ne montrer que les heures du service
table-as-csv = Ce tableau en CSV
form-stale = Le formulaire est resté ouvert trop longtemps, ou vient d’ailleurs. Rien n’est perdu : envoyez-le encore une fois.

## Répétitions

own-host = Faites essayer ce nom d’hôte par vos clients. Il est fait pour vous seul : ce qu’ils y essaient est noté comme venant de vous et vous est montré, les essais manqués d’abord.
tried-title = Vos répétitions
tried-lead = Ce que vos clients ont essayé aux points d’accès de test, sous les noms d’hôte faits pour vous seul : les essais manqués d’abord, puis les derniers.
tried-preferences = Vos clients peuvent répéter ce qui vient. Qui essaie l’un de ces noms d’hôte, c’est vous : chacun est fait pour vous seul.
tried-see = Voir ce que vos clients ont essayé
tried-nothing = Rien n’a encore été essayé.
tried-is-passes = Réussit
tried-is-fails = Échoue
tried-is-unclear = Incertain
tried-is-never = Pas essayé
tried-means-passes = Le dernier essai qui dit quelque chose des versions a réussi.
tried-means-fails = Le dernier essai qui dit quelque chose des versions a échoué.
tried-means-unclear = Il y a eu des essais, mais aucun ne dit rien des versions.
tried-means-never = Personne ne l’a essayé sous votre nom d’hôte.
tried-offer = Votre dernier essai a réussi. Si cela vaut pour tous vos clients, dites que c’est fait.
tried-offered = Proposé
tried-from = Depuis
tried-times = { $count } fois depuis { $date }
tried-up-to = jusqu’à { $version }
tried-no-version = rien de lisible
tried-somewhere = Aucun point d’accès de test connu
tried-more = Autres essais
tried-passed = Réussi, avec { $version } : après la coupure, rien ne change pour ce client.
tried-observed = Accepté, avec { $version }, qui ne le sera plus après la coupure. Mettez à jour sa bibliothèque TLS, ou permettez-lui des versions plus récentes.
tried-too-old = Il proposait au plus { $version }, ce qui est trop ancien. Mettez à jour sa bibliothèque TLS, ou permettez-lui des versions plus récentes.
tried-too-new = Il ne proposait rien de plus ancien que { $version }, et ici on ne va pas jusque-là. Permettez-lui aussi une version plus ancienne, ou demandez si la production acceptera { $version }.
tried-no-shared-cipher = Il proposait une version acceptée, mais aucun chiffrement accepté. Permettez-lui des chiffrements plus récents, comme ECDHE avec AES-GCM.
tried-distrusts-certificate = Il ne fait pas confiance au certificat du point d’accès de test : cela ne dit rien des versions. Mettez à jour sa liste d’autorités de certification, et réessayez.
tried-plain-http = Il parlait HTTP sans TLS. Écrivez https:// dans son adresse.
tried-not-tls = Ce qu’il a envoyé n’est pas du TLS. Vérifiez quel protocole il doit parler sur ce port.
tried-silent = Il s’est connecté et n’a rien envoyé à temps. Quelque chose le retient peut-être en chemin, comme un proxy.
tried-broken-off = Il a coupé avant qu’il y ait un résultat : cela ne dit rien des versions. Son propre journal en dit plus.
tried-unknown-name = Le nom qu’il a demandé n’est celui d’aucun point d’accès de test : cela ne dit rien des versions. Vérifiez le nom d’hôte dans son adresse.
tried-not-open = Le point d’accès de test n’était pas ouvert. Réessayez tant qu’il l’est.
tried-old-hello = Il commence comme pour SSL 2.0, ce que certains serveurs refusent.
tried-alert-client = Il a envoyé l’alerte { $alert }.
tried-alert-server = Il a reçu l’alerte { $alert }.
rehearsed-passes = Votre dernier essai a réussi.
rehearsed-not-yet = Aucun essai réussi de votre part n’est noté ici. Les essais apparaissent ici en moins d’une minute.
rehearsed-nothing-told = On ne vous a rien annoncé ici qui soit à faire.

rehearsal-passed-title = Votre client réussit
rehearsal-passed-lead = rien ne change pour vous lors de la coupure.
rehearsal-passed-until = après le { $cutoff }, rien ne change pour vous.
rehearsal-passed-since = il satisfait à ce qui est en vigueur depuis le { $cutoff }.
rehearsal-observed-title = Votre client parle ce qui prend fin
rehearsal-observed-lead = cela ne sera plus accepté après la coupure.
rehearsal-observed-until = cela ne sera plus accepté à partir du { $cutoff }.
rehearsal-observed-since = cela n’est plus accepté depuis le { $cutoff }.
rehearsal-early-title = Cet essai n’a pas commencé
rehearsal-early-lead = Il ouvre{ "\u00A0" }: { $date }.
rehearsal-late-title = Cet essai est terminé
rehearsal-late-lead = Il a fermé{ "\u00A0" }: { $date }.
rehearsal-notice = Avis
rehearsal-spoken = Parlé avec votre client
rehearsal-offered = Offert par votre client
rehearsal-name = Nom demandé
rehearsal-taken = Accepté ici
rehearsal-kept = Qu’un client de votre réseau ait essayé, et avec quel résultat, est conservé un certain temps.
