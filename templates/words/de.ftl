# Die festen Wörter aller Kanäle auf Deutsch.

language = Deutsch
colon = :

## Daten und Zeitspannen

range = { $from } bis { $to }
not-before = nicht vor { $date }
to-be-announced = wird noch bekannt gegeben
to-be-announced-by = wird bis { $date } bekannt gegeben
in-effect = bereits in Kraft
quarter = { $quarter }. Quartal { $year } ({ $first } bis { $last })
minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
weeks = { $count ->
    [one] { $count } Woche
   *[other] { $count } Wochen
}
months = { $count ->
    [one] { $count } Monat
   *[other] { $count } Monate
}
years = { $count ->
    [one] { $count } Jahr
   *[other] { $count } Jahre
}
every-minutes = { $count ->
    [1] jede Minute
   *[other] alle { $count } Minuten
}
every-hours = { $count ->
    [1] jede Stunde
   *[other] alle { $count } Stunden
}
every-days = { $count ->
    [1] jeden Tag
   *[other] alle { $count } Tage
}
every-weeks = { $count ->
    [1] jede Woche
   *[other] alle { $count } Wochen
}
every-months = { $count ->
    [1] jeden Monat
   *[other] alle { $count } Monate
}
every-years = { $count ->
    [1] jedes Jahr
   *[other] alle { $count } Jahre
}

## Arten, Stufen und Zustände

kind-deprecation = Abkündigung
kind-retirement = Einstellung
kind-protocol = Protokollwechsel
kind-endpoint = Endpunktwechsel
kind-version = Versionswechsel
kind-authentication = Wechsel der Anmeldung
stage-test = Test
stage-production = Produktion
state-announced = angekündigt
state-deprecated = veraltet
# In der Tabelle ist wenig Platz: mit weichem Trennstrich.
state-brownout = Probe{ "\u00AD" }abschaltung
state-due = fällig
state-cut-off = abgeschaltet
state-paused = ausgesetzt
state-cancelled = abgesagt

## Termine

date-deprecation = Veraltet ab
date-cutoff = Abschaltung
date-complete = Abgeschlossen bis
date-enforced = Vollzogen
dates = Termine
key-cutoff = Abschaltung
key-deprecation = Abkündigung
key-enforced = Vollzug
first-cutoff = Erste Abschaltung, { $place }
first-deprecation = Erste Abkündigung, { $place }
first-enforced = Erster Vollzug, { $place }
last-cutoff = Letzte Abschaltung, { $place }
last-deprecation = Letzte Abkündigung, { $place }
last-enforced = Letzter Vollzug, { $place }

## Der Rahmen einer Mitteilung

kind-announced = { $kind }, angekündigt: { $date }
announced = angekündigt: { $date }
announced-on = Angekündigt: { $date }.
write-again = Wir schreiben voraussichtlich { $lengths } vor jeder Abschaltung noch einmal.
hear-again = Abonnenten hören { $lengths } vor jeder Abschaltung noch einmal von uns.
read-on-web = Diese Mitteilung im Web lesen
notice-on-web = Mitteilung im Web
because-you-asked = Sie erhalten diese Mail, weil Sie von Änderungen hören wollten: { $program }.
change-what-you-hear = Einstellungen
unsubscribe = Abbestellen
test-copy = Dies ist eine Probe. Sie wurde verschickt, um das Aussehen der Mitteilung zu prüfen; damit ist nichts angekündigt.
test-subject = [Probe] { $subject }

## Wer betroffen ist

who-is-affected = Wer betroffen ist
for-you = Das betrifft bei Ihnen { $apis }.
all-apis-below = alle APIs im Zeitplan unten
not-affected = Nicht betroffen
what-ends = Was endet
what-is-needed = Was stattdessen nötig ist

## Der Zeitplan

what-happens = Was wann und wo geschieht
schedule = Zeitplan
days-begin = Tage beginnen um 00:00 Uhr in der Zeitzone { $zone }.
time-zone = Zeitzone
where = Wo
urls = URLs
impacted-apis = Betroffene APIs
state = Zustand
apis = APIs
api = API
api-name = Name der API
about = Näheres
about-apis = Zu den oben genannten APIs
by-name = { $title }, nach Namen
listed-below = ({ $count }, unten aufgeführt)
same-as = Dieselben { $count } wie unter „{ $title }“.
only-for = Nur für: { $cohort }
versions = { $count ->
    [one] Version { $versions }
   *[other] Versionen { $versions }
}
opting-out = Ausnahme beantragen
opting-out-by = Ausnahme beantragen, bis { $date }
rows-left-out = { $count ->
    [one] Eine weitere Zeile betrifft Sie nicht und ist hier weggelassen.
   *[other] { $count } weitere Zeilen betreffen Sie nicht und sind hier weggelassen.
}
whole-schedule = Den ganzen Zeitplan zeigt die { $notice }.

## Probeabschaltungen

planned-brownouts = Geplante Probeabschaltungen
during-brownouts = Während einer Probeabschaltung scheitern Anfragen eine Zeit lang so wie später nach der Abschaltung.
rhythm = { $every } von { $start } bis { $until }, { $count ->
    [one] einmal
   *[other] { $count }-mal
}
for-length = Dauer: { $length }
ending = Ende: { $date }
named-later = Die APIs werden später benannt.
named-later-by = Die APIs werden später benannt, bis { $date }.
all-apis-struck = Betroffen ist alles, was der Zeitplan dafür nennt.
struck = Betroffen

## Änderungen

changes = Was sich geändert hat
changes-since = Was sich seit der Ankündigung geändert hat
not-recorded = Die früheren Termine wurden nicht festgehalten.
for-places = für { $places }
formerly = früher { $date }
said-before = zuvor gesagt: { $value }
now = jetzt { $value }
text = Text
amendment-extended = Verlängert
amendment-advanced = Vorgezogen
amendment-postponed = Verschoben
amendment-refined = Präzisiert
amendment-rescheduled = Neu angesetzt
amendment-rescoped = Umfang geändert
amendment-paused = Ausgesetzt
amendment-resumed = Wieder aufgenommen
amendment-cancelled = Abgesagt
amendment-corrected = Berichtigt

## Was zu tun ist

what-to-do = Was zu tun ist
what-to-use = Was stattdessen zu verwenden ist
no-replacement = es gibt keinen Ersatz.
use = Ersatz:
or = oder
together-with = zusammen mit
test-endpoint = Testendpunkt
accepts-only = Nimmt nur an: { $what }
opens = Öffnet: { $date }
closes = Schließt: { $date }
careful = Vorsicht
expected = Erwartet
ready = Bereit
not-ready = Nicht bereit

## Was Clients sehen

what-you-will-see = Was Sie sehen werden
client-gets = { $count ->
    [one] Ein Client, der nicht bereit ist, erhält diesen Fehler:
   *[other] Ein Client, der nicht bereit ist, erhält einen dieser Fehler:
}
client-gets-when = { $count ->
    [one] Ein Client, der nicht bereit ist, erhält { $when } diesen Fehler:
   *[other] Ein Client, der nicht bereit ist, erhält { $when } einen dieser Fehler:
}
during-brownout = während einer Probeabschaltung
during-cutoff = nach der Abschaltung
during-both = während einer Probeabschaltung und nach der Abschaltung
http-status = HTTP-Status { $status }
from-apis = von { $apis }

## Der Rest

questions = Fragen und Antworten
background = Hintergrund
who-is-behind = Wer hinter der Änderung steht
what-demands-it = Was sie verlangt
in-force = in Kraft: { $date }
versions-and-fate = Versionen und was aus ihnen wird
read-more = Weiterlesen
contact = Kontakt
deprecated = Veraltet
deprecated-on = Veraltet seit dem { $date }
deprecated-in = Veraltet seit { $date }
deprecated-when = Veraltet: { $date }
retired = Eingestellt
retired-on = Eingestellt am { $date }
retired-in = Eingestellt: { $date }
retired-when = Eingestellt: { $date }
current = Aktuell
current-on = Aktuell seit dem { $date }
current-in = Aktuell seit { $date }
current-when = Aktuell: { $date }
planned = Geplant
planned-on = Geplant für den { $date }
planned-in = Geplant für { $date }
planned-when = Geplant: { $date }

## Erinnerungen und Änderungen

reminder = Erinnerung
coming-cutoff = Die angekündigte Abschaltung steht bevor: { $date }.
coming-brownout = Die erste der geplanten Probeabschaltungen steht bevor: { $date }.
all-on-web = Die ganze Mitteilung im Web
done-ask = Ist bei Ihnen alles erledigt? Sagen Sie es uns, und Sie erhalten hierzu keine Erinnerungen mehr.
done-say = Alles erledigt
done-question = Ist das bei Ihnen erledigt?
done-means = Dann erhalten Sie dazu keine Erinnerungen mehr. Von Änderungen hören Sie trotzdem.
done-thanks = Vielen Dank
done-now = Sie erhalten hierzu keine Erinnerungen mehr.
done-before = Das hatten Sie schon gesagt; Sie erhalten hierzu keine Erinnerungen.
done-stands = Das gilt auch, wenn sich der Termin verschiebt; von einem neuen Termin hören Sie trotzdem.
done-again = Wenn Sie wieder erinnert werden möchten, schreiben Sie uns: { $office }.
change = Änderung
changed-lead = Etwas, das wir Ihnen mitgeteilt hatten, hat sich geändert.
changed-rest = Alles Weitere folgt nach jetzigem Stand.
cancelled-lead = Was wir angekündigt hatten, findet nicht statt. Sie brauchen dafür nichts zu tun.
row-gone = Nicht mehr Teil dieser Mitteilung
row-new = Neu
only = Nur für
added = hinzugekommen: { $what }
removed = entfallen: { $what }
means-paused = Das Vorhaben ruht. Die Termine gelten nicht mehr; wir schreiben wieder, wenn es weitergeht.
means-resumed = Das Vorhaben geht weiter, und diese Termine gelten.
means-cancelled = Dies findet nicht statt.

## Eskalationen

escalation = Noch keine Antwort
escalation-subject = Noch keine Antwort: { $subject }
escalation-lead = { $name } wurde am { $day } benachrichtigt, dass eine Abschaltung bevorsteht: { $date }. Bisher hat niemand gemeldet, dass alles erledigt ist, und Sie sind als zweiter Kontakt benannt.
escalation-apis = Betroffen: { $apis }.
escalation-done-ask = Ist bei Ihnen alles erledigt? Sagen Sie es, dann werden weder Sie noch { $name } wieder daran erinnert.
because-second = Sie erhalten diese Mail, weil Sie für Änderungen an { $program } als zweiter Kontakt von { $name } benannt sind.
escalated-subject = { $silent } von { $told } ohne Antwort: { $subject }
escalated-lead = Benachrichtigt wurden { $told }. Davon hat von { $silent } niemand gemeldet, dass alles erledigt ist.
escalated-written = { $count ->
    [0] Kein zweiter Kontakt von ihnen wurde angeschrieben.
    [one] Der zweite Kontakt von einem von ihnen wurde angeschrieben.
   *[other] Die zweiten Kontakte von { $count } von ihnen wurden angeschrieben.
}
escalated-list = Wer sie sind
escalated-then = Meldet jemand von ihnen, dass alles erledigt ist
escalated-why = Sie erhalten diese Mail, weil Eskalationen von { $program } an diese Adresse gehen.

## Drift

drift = Beobachtung
drift-subject = { $count ->
    [one] Nicht wie angekündigt: { $place }
   *[other] Nicht wie angekündigt: { $count } Adressen
}
drift-mended-subject = { $count ->
    [one] Wieder wie angekündigt: { $place }
   *[other] Wieder wie angekündigt: { $count } Adressen
}
drift-heading = Nicht wie angekündigt
drift-mended-heading = Wieder wie angekündigt
drift-lead = { $count ->
    [one] Wir haben nachgesehen, und an einer Adresse ist es anders als angekündigt.
   *[other] Wir haben nachgesehen, und an { $count } Adressen ist es anders als angekündigt.
}
drift-mended-lead = { $count ->
    [one] An einer Adresse, die abwich, ist es wieder wie angekündigt.
   *[other] An { $count } Adressen, die abwichen, ist es wieder wie angekündigt.
}
drift-seen-at = Gesehen am { $date }.
drift-mended-at = Wie angekündigt seit { $date }.
drift-then = Stellen Sie den Server richtig, oder ändern Sie die Ankündigung, wenn sich der Plan geändert hat. Wir schreiben erst wieder, wenn sich daran etwas ändert.
drift-office = Alles, was beobachtet wird
drift-why = Sie erhalten diese Mail, weil an diese Adresse geht, was die Beobachtung von { $program } findet.

## The weekly digest

announcement = Ankündigung
digest = Wochenüberblick
digest-subject = { $count ->
    [one] Wochenüberblick { $program }: eine Mitteilung
   *[other] Wochenüberblick { $program }: { $count } Mitteilungen
}
digest-heading = { $count ->
    [one] Neues zu einer Mitteilung
   *[other] Neues zu { $count } Mitteilungen
}
digest-lead = Was seit Ihrem letzten Überblick angekündigt und geändert wurde, und was bevorsteht. Was nicht warten konnte, haben wir Ihnen sofort geschickt.
because-you-asked-weekly = Sie erhalten diese Mail, weil Sie einen wöchentlichen Überblick über Änderungen wollten: { $program }.

## Kalendereinträge

event = { $what }, { $place }: { $title }
event-deprecation = Veraltet
event-cutoff = Abschaltung
event-complete = Abschaltung abgeschlossen
event-enforced = Vollzogen
event-brownout = Probeabschaltung
event-endpoint-opens = Testendpunkt öffnet
event-endpoint-closes = Testendpunkt schließt

## Seiten

deprecation-notices = Mitteilungen über Abkündigungen
skip = Zum Inhalt springen
site = Website
languages = Sprachen
all-impacted-apis = Alle betroffenen APIs
subscribe = Abonnieren
dates-as-calendar = Termine als Kalender
news-feed = Neuigkeiten als Feed (Atom)
news-feed-json = Neuigkeiten als Feed (JSON Feed)
on-this-page = Auf dieser Seite
state-since = Zustand seit { $date }
state-on = Zustand am { $date }
of-rows = { $count } von { $total } Zeilen

## Badges

badge-no-change = keine Änderung
badge-ends = endet: { $date }
badge-ends-since = beendet: { $date }
badge-ends-already = beendet
badge-required = nötig ab: { $date }
badge-required-since = nötig seit: { $date }
badge-required-already = nötig
badge-undated = Termin steht noch aus

## Tabelle und Archiv

table-description = Welche APIs von angekündigten Abkündigungen und Abschaltungen betroffen sind, wo und wann.
table-lead = Welche APIs von angekündigten Änderungen betroffen sind, wo und wann.
table-caption = Betroffene APIs: wann jede abgeschaltet wird, wo und durch welche Mitteilung
table-complete = Abgeschlossen
table-as-json = Diese Tabelle als JSON
api-description = Beschreibung der API
publication = Veröffentlichung { $name }
not-understood = Nicht alles war verständlich.
filters = Filter
more-filters = Weitere Filter
filters-in-use = Filter in Gebrauch
remove-filter = Filter entfernen:
clear-filters = Alle Filter entfernen
show = Anzeigen
filter-program = Programm
filter-environment = Umgebung
filter-state = Zustand
filter-api = API
filter-url = Host oder URL
filter-on = Am
filter-within = Abschaltung binnen
filter-sort = Reihenfolge
filter-group = Gruppe
filter-notice = Mitteilung
field-api = API (technischer Name)
field-url = Host oder URL, die Sie aufrufen
field-on = Zustand am (00:00 UTC)
all-programs = Alle Programme
all-environments = Alle Umgebungen
any-state = Jeder Zustand
any-time = Jederzeit
next-stretch = { $length }
not-yet-cut-off = Noch nicht abgeschaltet
soonest-first = Abschaltung, die nächste zuerst
results = { $count ->
    [1] Ein Ergebnis
   *[other] { $count } Ergebnisse
}
shown = { $first } bis { $last } gezeigt
as-of = Stand: { $date }
what-changes = Was sich ändert
no-cutoff = Keine Abschaltung geplant
pages = Seiten
first-page = Zurück zur ersten Seite
next-page = Nächste Seite
nothing-matches = Nichts Angekündigtes passt zu all diesen Filtern.
nothing-announced = Zurzeit ist nichts angekündigt.
did-you-mean = Meinten Sie { $name }?
everything = alles ansehen
take-away = Nehmen Sie einen der Filter oben weg, oder { $everything }. Namen von APIs werden Buchstabe für Buchstabe verglichen, auch in Groß- und Kleinschreibung.
notices = Mitteilungen
notices-description = Jede Mitteilung: was endet, was stattdessen nötig ist und wann.
notices-of = Mitteilungen, die neueste zuerst: { $office }.
notices-by-program = Jede angekündigte Änderung, nach Programm, die neueste zuerst.
ends = Endet
needed = Nötig
last-cutoff-of-all = Letzte Abschaltung
no-notice = Es ist noch keine Mitteilung veröffentlicht.
no-program = Es ist noch kein Programm veröffentlicht.
impacted-apis-of = Die betroffenen APIs: { $program }

## The timeline

timeline = Zeitleiste
state-from = { $state } ab { $date }
and-so-on = und so weiter
timeline-more = Nicht jede Zeile ist gezeichnet; die Tabelle hat alle.

## A page per API, and "am I affected?"

api-page-description = Was mit { $api } geschieht, wo und wann.
callable-in = Aufrufbar in
replaced-by = Ersetzt durch
replaced-by-nothing = Nichts
rows-about = { $count ->
    [1] Eine Zeile nennt sie
   *[other] { $count } Zeilen nennen sie
}
no-row-about = Keine aktuelle Mitteilung nennt diese API.
in-the-table = Diese API in der Tabelle
whole-table = Alle ihre Zeilen stehen in der Tabelle
affected-question = Bin ich betroffen?
affected-description = APIs, Hosts oder URLs einfügen und sehen, welche davon angekündigte Änderungen betreffen.
affected-lead = Fügen Sie die APIs, Hosts oder URLs ein, die Sie nutzen. Zu jeder Angabe gibt es eine Antwort: betroffen, nicht betroffen oder unbekannt.
affected-label = APIs, Hosts oder URLs
affected-hint = Eine Angabe je Zeile oder durch Kommas oder Leerzeichen getrennt; höchstens { $count }. Benutzernamen, Kennwörter und alles nach einem Fragezeichen werden verworfen.
affected-ask = Nachsehen
verdict-affected = Betroffen
verdict-not-affected = Nicht betroffen
verdict-unknown = Unbekannt
because-named = Aktuelle Mitteilungen nennen es.
because-not-named = Es ist hier verzeichnet, und keine aktuelle Mitteilung nennt es.
because-cancelled = Was dazu angekündigt war, wurde abgesagt.
because-not-declared = Kein Programm verzeichnet es hier, deshalb lässt sich nichts dazu sagen.
because-partly-declared = Der Host ist hier verzeichnet, aber nicht mit diesem Schema, Port oder Pfad; deshalb lässt sich nichts dazu sagen.
because-unreadable = Das ist weder ein API-Name noch ein Host noch eine Webadresse.
entry-not-shown = Eine Angabe, die nicht gezeigt wird, weil sie ein Kennwort enthalten kann
nothing-pasted = Es wurde nichts eingegeben.
pasted-too-many = Das sind mehr als { $count } Angaben. Fragen Sie nach weniger auf einmal.
pasted-too-long = Das sind mehr als { $count } Bytes. Fragen Sie nach weniger auf einmal.

## Abbestellen

unsubscribed = Abbestellt
you-left = Sie haben abbestellt
left-now = Von nun an erhalten Sie keine Mails mehr über { $program }.
left-before = Sie hatten bereits abbestellt; Sie erhalten keine Mails über { $program }.
page-of-apis = der Seite der betroffenen APIs
stays-open = Was angekündigt ist und wann es geschieht, steht weiter für alle auf { $page }.
come-back = Wieder davon hören
leave = Diese Mails abbestellen?
leave-means = Damit enden alle Mails an Sie über { $program }: Ankündigungen, Erinnerungen und Änderungen.
nothing-happened = Noch ist nichts geschehen. Mails über andere Programme bleiben unberührt.

## Subscribing

confirm-subject = Bitte bestätigen: Mails zu { $program }
confirm-kind = Bestätigung
confirm-heading = Ist das Ihre Adresse?
confirm-asked = Jemand, vermutlich Sie, hat darum gebeten, dass wir an diese Adresse schreiben, wenn sich etwas ändert: { $program }.
confirm-button = Ansehen und bestätigen
confirm-then = Vorher schicken wir nichts. Der Link gilt 24 Stunden.
confirm-else = Wenn Sie es nicht waren, tun Sie nichts: Nach einem Tag ist die Anfrage vergessen.
confirm-why = Sie erhalten diese eine Mail, weil Ihre Adresse angegeben wurde, um von Änderungen zu hören: { $program }.
subscribe-title = Von Änderungen hören
subscribe-lead = Sie erhalten Post, bevor etwas abgeschaltet wird, das Sie nutzen: was angekündigt wird, was sich ändert, und rechtzeitig eine Erinnerung.
choose-program = Welches Programm nutzen Sie?
other-program = Ein anderes Programm
your-address = Mailadresse
address-hint = Wir schreiben einmal dorthin und fragen, ob sie Ihnen gehört.
your-name = Name (freiwillig)
name-hint = Für die Anrede.
which-apis = Welche APIs?
which-environments = Welche Umgebungen?
which-kinds = Welche Arten von Mitteilungen?
none-is-all = Kreuzen Sie nichts an, um von allen zu hören.
your-language = Sprache der Mails
your-zone = Zeitzone (freiwillig)
zone-hint = Zum Beispiel { $zone }.
how-often = Wie oft
how-often-hint = Der Überblick wartet auf seinen Wochentag. Was nicht warten kann, etwa eine Abschaltung vor diesem Tag, kommt sofort.
frequency-each = Jede Nachricht, sobald sie da ist
frequency-weekly = Ein Überblick pro Woche
ask-to-subscribe = Schicken Sie mir den Link zum Bestätigen
what-becomes-of-it = Wir verwenden die Adresse nur für diese Mails. Jede Mail hat einen Link, der sie beendet, und einen, der zeigt, ändert und löscht, was wir über Sie wissen.
bad-fields = Es muss noch etwas berichtigt werden
bad-missing = Bitte ausfüllen.
bad-address = Das ist keine Mailadresse wie name@example.org.
bad-name = Bitte höchstens 100 Zeichen in einer Zeile.
bad-unknown = „{ $given }“ gibt es hier nicht.
bad-too-many = Das ist zu viel auf einmal; wählen Sie weniger.
asked-title = Sehen Sie in Ihr Postfach
asked-lead = Wenn an diese Adresse geschrieben werden kann, ist ein Link zum Bestätigen unterwegs. Er gilt 24 Stunden.
asked-nothing = Keine Mail? Sehen Sie bei den unerwünschten nach. Wir schreiben nur einmal am Tag, so oft Sie auch fragen.
confirm-title = Bestätigen Sie, worum Sie baten
confirm-lead = Dann kommt zu diesem an Ihre Adresse Post:
confirm-yes = Ja, schreiben Sie mir
confirm-no = Ich habe nicht darum gebeten
nothing-yet = Noch ist nichts geschehen: Das Öffnen dieser Seite ändert nichts.
confirmed-title = Sie sind angemeldet
confirmed-lead = Ab jetzt hören Sie von diesem:
confirmed-change = Ändern oder beenden
refused-title = Vergessen
refused-lead = Was in Ihrem Namen angefragt wurde, ist gelöscht; es kommt keine Mail.
expired-title = Dieser Link ist abgelaufen
expired-lead = Er galt 24 Stunden oder wurde durch einen neueren ersetzt. Es wurde nichts geändert.
ask-again = Noch einmal anfragen
all-apis = alle APIs
everywhere = alle Umgebungen
all-kinds = alle Arten von Mitteilungen

## Preferences

preferences-title = Was Sie hören
preferences-lead = Was an { $address } geschickt wird und alles, was über Sie bekannt ist. Wer diesen Link hat, kann es ändern; geben Sie ihn nicht weiter.
saved = Gespeichert.
you-hear-no-more = Sie haben abbestellt; es kommt keine Mail: { $program }.
no-programs = Sie hören zurzeit von nichts.
finer-now = Zurzeit ist es feiner, als dieses Formular zeigen kann; Speichern ersetzt es.
save-hearing = Speichern
leave-program = Mails beenden: { $program }
leave-all = Alle Mails beenden
leave-all-means = Zu allen Programmen oben. Was über Sie bekannt ist, bleibt, damit Sie zurückkommen können.
about-you = Über Sie
second-contact = Zweiter Kontakt
second-contact-means = { $address } ist als Ihr zweiter Kontakt benannt. Sagen Sie nicht rechtzeitig, dass alles erledigt ist, geht auch dorthin eine Mail.
second-contact-remove = Zweiten Kontakt entfernen
your-data = Ihre Daten
download-data = Alles über mich herunterladen (JSON)
erase-me = Mich löschen
erase-means = Adresse, Name und Auswahl werden sofort gelöscht, und was noch nicht verschickt ist, wird es nie. Dass Sie ein Programm abbestellt haben, bleibt ohne Ihre Adresse gemerkt.
erase-sure = Ich bin sicher: Das lässt sich nicht rückgängig machen
tick-to-erase = Kreuzen Sie das Kästchen an, um zu löschen.
erased-title = Sie sind gelöscht
erased-lead = Hier ist nichts mehr über Sie bekannt, und es kommt keine Mail.
hears-of = { $apis }, { $environments }, { $kinds }

## Webhooks

webhook-title = Webhook
webhook-lead = Was Sie per Mail erhalten, schicken wir auch an ein Programm von Ihnen, als signiertes JSON (Standard Webhooks).
webhook-url = Adresse des Webhooks
webhook-set = Webhook festlegen
webhook-remove = Webhook entfernen
webhook-renew = Neues Geheimnis
webhook-try = Test senden
webhook-enable = Erneut versuchen
webhook-secret-once = Was wir senden, ist mit diesem Geheimnis signiert. Es wird nur dieses eine Mal gezeigt:
webhook-old-secret = 24 Stunden lang signiert das bisherige Geheimnis daneben.
webhook-pending = Gleich geht eine Probe an den Webhook; sobald er sie zurückgibt, erfährt er, was Sie per Mail erhalten.
webhook-active = Der Webhook erfährt, was Sie per Mail erhalten.
webhook-disabled = Der Webhook wird nicht aufgerufen.
webhook-answered = Der letzte Test wurde angenommen.
webhook-test-failed = Der letzte Test ist gescheitert.
webhook-is-refused = Er führt zu einer Adresse, die nicht aufgerufen wird.
webhook-is-unreachable = Dort antwortet nichts, oder nicht rechtzeitig.
webhook-is-status = Er antwortet nicht mit einem Status 2xx.
webhook-is-challenge = In seiner Antwort fehlt die Probe.
webhook-is-gone = Er hat geantwortet, dass es ihn nicht mehr gibt (410).
webhook-is-failing = Die Aufrufe scheitern seit einiger Zeit.
webhook-bad-url = Diese Adresse ist nicht verwendbar. Sie muss mit https:// beginnen und zu einem öffentlichen Host führen.
webhook-mail-subject = Ihr Webhook bei { $host } wurde abgeschaltet
webhook-mail-heading = Ihr Webhook wurde abgeschaltet
webhook-mail-lead = Wir rufen Ihren Webhook bei { $host } nicht mehr auf. Per Mail hören Sie weiter von uns.
webhook-mail-then = Was auf ihn wartete, wird nicht gesendet. Wenn er wieder funktioniert, lassen Sie ihn hier erneut versuchen:

## Suchen, Kopieren und die Uhr des Lesers

search = Suchen
search-lead = Mitteilungen, APIs, Umgebungen und Hosts durchsuchen.
search-label = Wörter, Namen oder ein Host
search-nothing = Hier passt nichts zu allen diesen Wörtern.
search-hint = Versuchen Sie weniger Wörter oder den Anfang eines Wortes. Groß- und Kleinschreibung und Akzente spielen keine Rolle.
found-host = Host
copy = Kopieren
copied = Kopiert
there-at = { $moment } in { $zone }
there-from = ab { $moment } in { $zone }
zone-label = Ihre Zeitzone, um Zeiten auch in ihr zu zeigen
zone-drop = Nur die Zeiten der Stelle zeigen
table-as-csv = Diese Tabelle als CSV
form-stale = Das Formular war zu lange offen oder kommt von anderswo. Nichts ging verloren: Bitte senden Sie es noch einmal.

## Proben

own-host = Lassen Sie Ihre Clients diesen Hostnamen versuchen. Er ist nur für Sie gemacht: Was sie dort versuchen, wird als Ihres festgehalten und Ihnen gezeigt, die gescheiterten Versuche zuerst.
tried-title = Ihre Proben
tried-lead = Was Ihre Clients an Testendpunkten versucht haben, unter den Hostnamen, die nur für Sie gemacht sind: die gescheiterten Versuche zuerst, dann die letzten.
tried-preferences = Ihre Clients können proben, was kommt. Wer einen dieser Hostnamen versucht, sind Sie: Jeder ist nur für Sie gemacht.
tried-see = Was Ihre Clients versucht haben
tried-nothing = Noch wurde nichts versucht.
tried-is-passes = Besteht
tried-is-fails = Scheitert
tried-is-unclear = Unklar
tried-is-never = Nicht versucht
tried-means-passes = Der letzte Versuch, der etwas über Versionen sagt, hat bestanden.
tried-means-fails = Der letzte Versuch, der etwas über Versionen sagt, ist gescheitert.
tried-means-unclear = Es gab Versuche, doch keiner sagt etwas über Versionen.
tried-means-never = Unter Ihrem Hostnamen hat es niemand versucht.
tried-offer = Ihr letzter Versuch hat bestanden. Wenn das für alle Ihre Clients gilt, sagen Sie, dass es erledigt ist.
tried-offered = Angeboten
tried-from = Von
tried-times = { $count }-mal seit { $date }
tried-up-to = bis { $version }
tried-no-version = nichts Lesbares
tried-somewhere = Kein bekannter Testendpunkt
tried-more = Weitere Versuche
tried-passed = Bestanden, mit { $version }: Nach der Abschaltung ändert sich für diesen Client nichts.
tried-observed = Angenommen, mit { $version }; nach der Abschaltung wird das nicht mehr angenommen. Aktualisieren Sie seine TLS-Bibliothek, oder erlauben Sie ihm neuere Versionen.
tried-too-old = Er bot höchstens { $version } an, und das ist zu alt. Aktualisieren Sie seine TLS-Bibliothek, oder erlauben Sie ihm neuere Versionen.
tried-too-new = Er bot nichts Älteres als { $version } an, und so weit reicht es hier nicht. Erlauben Sie ihm auch eine ältere Version, oder fragen Sie, ob die Produktion { $version } annehmen wird.
tried-no-shared-cipher = Er bot eine Version an, die angenommen wird, aber keine Chiffre, die angenommen wird. Erlauben Sie ihm neuere Chiffren, etwa ECDHE mit AES-GCM.
tried-distrusts-certificate = Er vertraut dem Zertifikat des Testendpunkts nicht: Über Versionen sagt das nichts. Aktualisieren Sie seine Liste von Zertifizierungsstellen, und versuchen Sie es noch einmal.
tried-plain-http = Er sprach HTTP ohne TLS. Schreiben Sie https:// in seine Adresse.
tried-not-tls = Was er sendete, ist kein TLS. Sehen Sie nach, welches Protokoll er auf diesem Port sprechen soll.
tried-silent = Er verband sich und sendete nicht rechtzeitig etwas. Vielleicht hält ihn unterwegs etwas auf, etwa ein Proxy.
tried-broken-off = Er brach ab, bevor es ein Ergebnis gab: Über Versionen sagt das nichts. Mehr sagt, was er selbst protokolliert.
tried-unknown-name = Der Name, nach dem er fragte, ist der keines Testendpunkts: Über Versionen sagt das nichts. Prüfen Sie den Hostnamen in seiner Adresse.
tried-not-open = Der Testendpunkt war nicht offen. Versuchen Sie es noch einmal, solange er offen ist.
tried-old-hello = Er beginnt wie für SSL 2.0, was manche Server ablehnen.
tried-alert-client = Er sendete den Alert { $alert }.
tried-alert-server = Er erhielt den Alert { $alert }.
rehearsed-passes = Ihr letzter Versuch hat bestanden.
rehearsed-not-yet = Von Ihnen ist hierzu kein bestandener Versuch festgehalten. Versuche erscheinen hier innerhalb einer Minute.
rehearsed-nothing-told = Ihnen wurde hier nichts mitgeteilt, das zu erledigen wäre.

rehearsal-passed-title = Ihr Client besteht
rehearsal-passed-lead = mit der Abschaltung ändert sich für Sie nichts.
rehearsal-passed-until = nach dem { $cutoff } ändert sich für Sie nichts.
rehearsal-passed-since = er erfüllt, was seit dem { $cutoff } gilt.
rehearsal-observed-title = Ihr Client spricht, was endet
rehearsal-observed-lead = nach der Abschaltung wird das nicht mehr angenommen.
rehearsal-observed-until = ab dem { $cutoff } wird das nicht mehr angenommen.
rehearsal-observed-since = seit dem { $cutoff } wird das nicht mehr angenommen.
rehearsal-early-title = Dieser Test hat noch nicht begonnen
rehearsal-early-lead = Er öffnet: { $date }.
rehearsal-late-title = Dieser Test ist vorbei
rehearsal-late-lead = Er schloss: { $date }.
rehearsal-notice = Mitteilung
rehearsal-spoken = Mit Ihrem Client gesprochen
rehearsal-offered = Von Ihrem Client angeboten
rehearsal-name = Name, nach dem er fragte
rehearsal-taken = Hier angenommen
rehearsal-kept = Dass es ein Client aus Ihrem Netz versucht hat und wie es ausging, wird eine Weile aufbewahrt.
