# Las palabras fijas de todos los canales, en español.

language = Español
colon = :

## Fechas y duraciones

range = { $from } al { $to }
not-before = no antes del { $date }
to-be-announced = por anunciar
to-be-announced-by = por anunciar a más tardar el { $date }
in-effect = ya en vigor
quarter = { $quarter }.º trimestre de { $year } (de { $first } a { $last })
minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
weeks = { $count ->
    [one] { $count } semana
   *[other] { $count } semanas
}
months = { $count ->
    [one] { $count } mes
   *[other] { $count } meses
}
years = { $count ->
    [one] { $count } año
   *[other] { $count } años
}
every-minutes = { $count ->
    [1] cada minuto
   *[other] cada { $count } minutos
}
every-hours = { $count ->
    [1] cada hora
   *[other] cada { $count } horas
}
every-days = { $count ->
    [1] cada día
   *[other] cada { $count } días
}
every-weeks = { $count ->
    [1] cada semana
   *[other] cada { $count } semanas
}
every-months = { $count ->
    [1] cada mes
   *[other] cada { $count } meses
}
every-years = { $count ->
    [1] cada año
   *[other] cada { $count } años
}

## Clases, niveles y estados

kind-deprecation = Obsolescencia
kind-retirement = Retirada
kind-protocol = Cambio de protocolo
kind-endpoint = Cambio de punto de acceso
kind-version = Cambio de versión
kind-authentication = Cambio de autenticación
stage-test = pruebas
stage-production = producción
state-announced = anunciado
state-deprecated = obsoleto
state-brownout = corte de prueba
state-due = inminente
state-cut-off = cortado
state-paused = en pausa
state-cancelled = cancelado

## Plazos

date-deprecation = Obsoleto desde
date-cutoff = Corte
date-complete = Completado a más tardar
date-enforced = Aplicado
dates = Fechas
key-cutoff = Corte
key-deprecation = Obsolescencia
key-enforced = Aplicación
first-cutoff = Primer corte, { $place }
first-deprecation = Primera obsolescencia, { $place }
first-enforced = Primera aplicación, { $place }
last-cutoff = Último corte, { $place }
last-deprecation = Última obsolescencia, { $place }
last-enforced = Última aplicación, { $place }

## El marco de un aviso

kind-announced = { $kind }, anunciado: { $date }
announced = anunciado: { $date }
announced-on = Anunciado: { $date }.
write-again = Tenemos previsto volver a escribir { $lengths } antes de cada corte.
hear-again = Quienes están suscritos reciben otro aviso { $lengths } antes de cada corte.
read-on-web = Leer este aviso en la web
notice-on-web = aviso en la web
because-you-asked = Recibe este correo porque pidió que le informáramos de los cambios de { $program }.
change-what-you-hear = Preferencias
unsubscribe = Cancelar la suscripción
test-copy = Esta es una copia de prueba. Se envió para comprobar el aspecto del aviso; no anuncia nada.
test-subject = [Prueba] { $subject }

## A quién afecta

who-is-affected = A quién afecta
for-you = En su caso, afecta a { $apis }.
all-apis-below = todas las API del calendario siguiente
not-affected = No afectado
what-ends = Lo que termina
what-is-needed = Lo que se necesita en su lugar

## El calendario

what-happens = Qué ocurre, cuándo y dónde
schedule = Calendario
days-begin = Los días empiezan a las 00:00 en la zona horaria { $zone }.
time-zone = Zona horaria
where = Dónde
urls = URL
impacted-apis = API afectadas
state = Estado
apis = API
api = API
api-name = Nombre de la API
about = Acerca de
about-apis = Acerca de las API nombradas arriba
by-name = { $title }, por nombre
listed-below = ({ $count }, véase la lista más abajo)
same-as = Las mismas { $count } que en «{ $title }».
only-for = Solo para: { $cohort }
versions = { $count ->
    [one] versión { $versions }
   *[other] versiones { $versions }
}
opting-out = Pedir una excepción
opting-out-by = Pedir una excepción, fecha límite: { $date }
rows-left-out = { $count ->
    [one] Otra fila no le afecta y se omite aquí.
   *[other] Otras { $count } filas no le afectan y se omiten aquí.
}
whole-schedule = El calendario completo está en el { $notice }.

## Cortes de prueba

planned-brownouts = Cortes de prueba previstos
during-brownouts = Durante un corte de prueba, las peticiones fallan un rato, igual que lo harán después del corte.
rhythm = { $every }, inicio: { $start }, fin: { $until }, { $count ->
    [one] una vez
   *[other] { $count } veces
}
for-length = duración: { $length }
ending = fin: { $date }
named-later = Las API se nombrarán más adelante.
named-later-by = Las API se nombrarán más adelante, fecha límite: { $date }.
all-apis-struck = Afecta a todo lo que el calendario indica para ello.
struck = Afectadas

## Modificaciones

changes = Qué ha cambiado
changes-since = Qué ha cambiado desde el anuncio
not-recorded = No se conservaron las fechas anteriores.
for-places = para { $places }
formerly = antes { $date }
said-before = dicho antes: { $value }
now = ahora { $value }
text = Texto
amendment-extended = Prorrogado
amendment-advanced = Adelantado
amendment-postponed = Aplazado
amendment-refined = Precisado
amendment-rescheduled = Reprogramado
amendment-rescoped = Alcance modificado
amendment-paused = En pausa
amendment-resumed = Reanudado
amendment-cancelled = Cancelado
amendment-corrected = Corregido

## Qué hacer

what-to-do = Qué hacer
what-to-use = Qué usar en su lugar
no-replacement = no hay sustituto.
use = usar
or = o bien
together-with = junto con
test-endpoint = Punto de acceso de prueba
accepts-only = Solo acepta { $what }
opens = Apertura: { $date }
closes = Cierre: { $date }
careful = Atención
expected = Se espera
ready = Listo
not-ready = No está listo

## Qué verán los clientes

what-you-will-see = Qué verá
client-gets = { $count ->
    [one] Un cliente que no está listo recibe este error:
   *[other] Un cliente que no está listo recibe uno de estos errores:
}
client-gets-when = { $count ->
    [one] Un cliente que no está listo recibe este error { $when }:
   *[other] Un cliente que no está listo recibe uno de estos errores { $when }:
}
during-brownout = durante un corte de prueba
during-cutoff = después del corte
during-both = durante un corte de prueba y después del corte
http-status = estado HTTP { $status }
from-apis = de { $apis }

## Lo demás

questions = Preguntas y respuestas
background = Contexto
who-is-behind = Quién está detrás del cambio
what-demands-it = Qué lo exige
in-force = en vigor: { $date }
versions-and-fate = Las versiones y su destino
read-more = Más información
contact = Contacto
deprecated = Obsoleta
deprecated-on = Obsoleta desde el { $date }
deprecated-in = Obsoleta desde { $date }
deprecated-when = Obsoleta: { $date }
retired = Retirada
retired-on = Retirada el { $date }
retired-in = Retirada en { $date }
retired-when = Retirada: { $date }
current = Actual
current-on = Actual desde el { $date }
current-in = Actual desde { $date }
current-when = Actual: { $date }
planned = Prevista
planned-on = Prevista para el { $date }
planned-in = Prevista para { $date }
planned-when = Prevista: { $date }

## Recordatorios y cambios

reminder = Recordatorio
coming-cutoff = Se acerca el corte anunciado: { $date }.
coming-brownout = Se acerca el primero de los cortes de prueba previstos: { $date }.
all-on-web = El aviso completo en la web
done-ask = ¿Está todo listo por su parte? Díganoslo y no recibirá más recordatorios de esto.
done-say = Está todo listo
done-question = ¿Está esto listo por su parte?
done-means = Si es así, no recibirá más recordatorios de esto. De los cambios se enterará igualmente.
done-thanks = Gracias
done-now = No recibirá más recordatorios de esto.
done-before = Ya lo había dicho; no recibe recordatorios de esto.
done-stands = Esto vale aunque la fecha cambie; de una fecha nueva se enterará igualmente.
done-again = Para volver a recibir recordatorios, escriba a: { $office }.
change = Cambio
changed-lead = Ha cambiado algo de lo que le comunicamos.
changed-rest = Lo demás figura a continuación, tal como está ahora.
cancelled-lead = Lo que anunciamos no se llevará a cabo. No tiene que hacer nada al respecto.
row-gone = Ya no forma parte de este aviso
row-new = Nuevo
only = Solo para
added = se añade: { $what }
removed = ya no: { $what }
means-paused = El plan queda en pausa. Las fechas ya no valen; volveremos a escribir cuando continúe.
means-resumed = El plan continúa y estas fechas valen.
means-cancelled = Esto no se llevará a cabo.

## Avisos a otra persona

escalation = Aún sin respuesta
escalation-subject = Aún sin respuesta: { $subject }
escalation-lead = { $name } fue informado el { $day } de que se acerca un corte: { $date }. Nadie ha dicho todavía que todo esté listo, y usted figura como segundo contacto.
escalation-apis = Afecta a { $apis }.
escalation-done-ask = ¿Está todo listo por su parte? Dígalo, y ni usted ni { $name } recibirán más recordatorios de esto.
because-second = Recibe este correo porque figura como segundo contacto de { $name } para los cambios en { $program }.
escalated-subject = { $silent } de { $told } sin respuesta: { $subject }
escalated-lead = De { $told ->
    [one] un destinatario informado
   *[other] { $told } destinatarios informados
}, { $silent ->
    [one] uno no ha dicho
   *[other] { $silent } no han dicho
} que todo esté listo.
escalated-written = { $count ->
    [0] No se ha escrito a ningún segundo contacto suyo.
    [one] Se ha escrito al segundo contacto de uno de ellos.
   *[other] Se ha escrito a los segundos contactos de { $count } de ellos.
}
escalated-list = Quiénes son
escalated-then = Si alguno dice que todo está listo
escalated-why = Recibe este correo porque los avisos de falta de respuesta sobre { $program } se envían a esta dirección.

## Drift

drift = Vigilancia
drift-subject = { $count ->
    [one] No es como se declaró: { $place }
   *[other] No son como se declaró: { $count } direcciones
}
drift-mended-subject = { $count ->
    [one] De nuevo como se declaró: { $place }
   *[other] De nuevo como se declaró: { $count } direcciones
}
drift-heading = No es como se declaró
drift-mended-heading = De nuevo como se declaró
drift-lead = { $count ->
    [one] Hemos preguntado por lo que declaró, y una dirección dice otra cosa.
   *[other] Hemos preguntado por lo que declaró, y { $count } direcciones dicen otra cosa.
}
drift-mended-lead = { $count ->
    [one] Una dirección que difería es de nuevo como la declaró.
   *[other] { $count } direcciones que diferían son de nuevo como las declaró.
}
drift-seen-at = Visto el { $date }.
drift-mended-at = Como se declaró desde el { $date }.
drift-then = Corrija el servidor o, si el plan ha cambiado, modifique el aviso. No volveremos a escribir hasta que esto cambie.
drift-office = Todo lo que se vigila
drift-why = Recibe este correo porque lo que encuentra la vigilancia de { $program } se envía a esta dirección.

## The weekly digest

announcement = Anuncio
digest = Resumen semanal
digest-subject = { $count ->
    [one] Resumen semanal de { $program }: un aviso
   *[other] Resumen semanal de { $program }: { $count } avisos
}
digest-heading = { $count ->
    [one] Novedades de un aviso
   *[other] Novedades de { $count } avisos
}
digest-lead = Lo que se ha anunciado y ha cambiado desde su último resumen, y lo que se acerca. Lo que no podía esperar se le envió enseguida.
because-you-asked-weekly = Recibe este correo porque pidió un resumen semanal de los cambios de { $program }.

## Entradas de calendario

event = { $what }, { $place }: { $title }
event-deprecation = Obsoleto
event-cutoff = Corte
event-complete = Corte completado
event-enforced = Aplicado
event-brownout = Corte de prueba
event-endpoint-opens = Apertura del punto de acceso de prueba
event-endpoint-closes = Cierre del punto de acceso de prueba

## Páginas

deprecation-notices = Avisos de obsolescencia
skip = Ir al contenido
site = Sitio
languages = Idiomas
all-impacted-apis = Todas las API afectadas
subscribe = Suscribirse
dates-as-calendar = Las fechas como calendario
news-feed = Novedades (Atom)
news-feed-json = Novedades (JSON Feed)
on-this-page = En esta página
state-since = Estado desde el { $date }
state-on = Estado el { $date }
of-rows = { $count } de { $total } filas

## Badges

badge-no-change = sin cambios
badge-ends = termina: { $date }
badge-ends-since = terminó: { $date }
badge-ends-already = terminó
badge-required = necesario desde: { $date }
badge-required-since = necesario desde: { $date }
badge-required-already = necesario
badge-undated = fecha por anunciar

## La tabla y el archivo

table-description = A qué API afectan las obsolescencias y los cortes anunciados, dónde y cuándo.
table-lead = A qué API afectan los cambios anunciados, dónde y cuándo.
table-caption = API afectadas: cuándo se corta cada una, dónde y por qué aviso
table-complete = Completado
table-as-json = Esta tabla en JSON
api-description = Descripción de la API
publication = Publicación { $name }
not-understood = No todo se pudo entender.
filters = Filtros
more-filters = Más filtros
filters-in-use = Filtros en uso
remove-filter = Quitar el filtro
clear-filters = Quitar todos los filtros
show = Mostrar
filter-program = Programa
filter-environment = Entorno
filter-state = Estado
filter-api = API
filter-url = Host o URL
filter-on = Con fecha de
filter-within = Corte dentro de
filter-sort = Orden
filter-group = Grupo
filter-notice = Aviso
field-api = API (nombre técnico)
field-url = Host o URL que llama
field-on = Estados con fecha de (00:00 UTC)
all-programs = Todos los programas
all-environments = Todos los entornos
any-state = Cualquier estado
any-time = En cualquier momento
next-stretch = { $length }
not-yet-cut-off = Aún no cortado
soonest-first = Corte, el más próximo primero
results = { $count ->
    [1] Un resultado
   *[other] { $count } resultados
}
shown = se muestran de { $first } a { $last }
as-of = con fecha de { $date }
what-changes = Qué cambia
no-cutoff = Ningún corte previsto
pages = Páginas
first-page = Volver a la primera página
next-page = Página siguiente
nothing-matches = Nada de lo anunciado cumple todos estos filtros.
nothing-announced = No hay nada anunciado por ahora.
did-you-mean = ¿Quiso decir { $name }?
everything = véalo todo
take-away = Quite uno de los filtros de arriba o { $everything }. Los nombres de las API se comparan letra por letra, incluidas las mayúsculas.
notices = Avisos
notices-description = Todos los avisos: lo que termina, lo que se necesita en su lugar y cuándo.
notices-of = Avisos, los más recientes primero: { $office }.
notices-by-program = Todos los cambios anunciados, por programa, los más recientes primero.
ends = Termina
needed = Se necesita
last-cutoff-of-all = Último corte
no-notice = Aún no se ha publicado ningún aviso.
no-program = Aún no se ha publicado ningún programa.
impacted-apis-of = Las API afectadas: { $program }

## The timeline

timeline = Cronología
state-from = { $state } desde el { $date }
and-so-on = y así sucesivamente
timeline-more = No se dibujan todas las filas; la tabla las tiene todas.

## A page per API, and "am I affected?"

api-page-description = Qué ocurre con { $api }, dónde y cuándo.
callable-in = Se puede llamar en
replaced-by = Sustituida por
replaced-by-nothing = Nada
rows-about = { $count ->
    [1] Una fila la nombra
   *[other] { $count } filas la nombran
}
no-row-about = Ningún aviso vigente nombra esta API.
in-the-table = Esta API en la tabla
whole-table = Todas sus filas están en la tabla
affected-question = ¿Me afecta?
affected-description = Pegue las API, los hosts o las URL que usa y vea a cuáles afectan los cambios anunciados.
affected-lead = Pegue las API, los hosts o las URL que usa. Cada entrada recibe una respuesta: afectada, no afectada o desconocida.
affected-label = API, hosts o URL
affected-hint = Una por línea, o separadas por comas o espacios; como máximo { $count }. Los nombres de usuario, las contraseñas y todo lo que sigue a un signo de interrogación se descartan.
affected-ask = Comprobar
verdict-affected = Afectada
verdict-not-affected = No afectada
verdict-unknown = Desconocida
because-named = La nombran avisos vigentes.
because-not-named = Está declarada aquí y ningún aviso vigente la nombra.
because-cancelled = Lo anunciado al respecto se ha cancelado.
because-not-declared = Ningún programa la declara aquí, así que no se puede decir nada de ella.
because-partly-declared = Su host está declarado aquí, pero no con este esquema, puerto o ruta, así que no se puede decir nada de ella.
because-unreadable = No es un nombre de API, un host ni una dirección web.
entry-not-shown = Una entrada que no se muestra porque puede contener una contraseña
nothing-pasted = No se ha introducido nada.
pasted-too-many = Hay más de { $count } entradas. Pregunte por menos a la vez.
pasted-too-long = Son más de { $count } bytes. Pregunte por menos a la vez.

## Baja

unsubscribed = Suscripción cancelada
you-left = Ha cancelado la suscripción
left-now = A partir de ahora no recibirá correos sobre { $program }.
left-before = Ya había cancelado la suscripción; no recibe correos sobre { $program }.
page-of-apis = la página de las API afectadas
stays-open = Lo anunciado, y cuándo ocurre, sigue abierto a todo el mundo en { $page }.
come-back = Volver a recibirlos
leave = ¿Dejar de recibir estos correos?
leave-means = Esto pone fin a todos los correos que recibe sobre { $program }: anuncios, recordatorios y cambios.
nothing-happened = Todavía no ha ocurrido nada. Los correos sobre otros programas no se tocan.

## Subscribing

confirm-subject = Confirme, por favor: correos sobre { $program }
confirm-kind = Confirmación
confirm-heading = ¿Es esta su dirección?
confirm-asked = Alguien, seguramente usted, pidió que escribamos a esta dirección cuando algo cambie en { $program }.
confirm-button = Ver lo pedido y confirmar
confirm-then = No enviaremos nada antes de que confirme. El enlace vale 24 horas.
confirm-else = Si no fue usted, no haga nada: lo pedido se olvida al cabo de un día.
confirm-why = Recibe este único correo porque se indicó su dirección para recibir noticias de { $program }.
subscribe-title = Recibir los cambios
subscribe-lead = Reciba un correo antes de que se corte algo que usa: lo que se anuncia, lo que cambia y un recordatorio a tiempo.
choose-program = ¿Qué programa usa?
other-program = Otro programa
your-address = Dirección de correo
address-hint = Escribimos una vez a ella y preguntamos si es suya.
your-name = Nombre (opcional)
name-hint = Para el saludo.
which-apis = ¿Qué API?
which-environments = ¿Qué entornos?
which-kinds = ¿Qué tipos de aviso?
none-is-all = No marque ninguno para recibir todos.
your-language = Idioma de los correos
your-zone = Zona horaria (opcional)
zone-hint = Por ejemplo, { $zone }.
how-often = Con qué frecuencia
how-often-hint = El resumen espera a su día de la semana. Lo que no puede esperar, como un corte antes de ese día, llega enseguida.
frequency-each = Cada mensaje en cuanto salga
frequency-weekly = Un resumen a la semana
ask-to-subscribe = Envíenme el enlace para confirmar
what-becomes-of-it = Guardamos la dirección solo para estos correos. Cada uno lleva un enlace para terminarlos y otro para ver, cambiar y borrar lo que sabemos de usted.
bad-fields = Hay algo que corregir antes
bad-missing = Rellene este campo, por favor.
bad-address = No es una dirección de correo, como name@example.org.
bad-name = Como mucho 100 caracteres en una línea.
bad-unknown = Aquí no existe «{ $given }».
bad-too-many = Es demasiado a la vez; elija menos.
asked-title = Mire su buzón
asked-lead = Si se puede escribir a esta dirección, un enlace para confirmar va en camino. Vale 24 horas.
asked-nothing = ¿No llega? Mire entre los no deseados. Escribimos solo una vez al día, por mucho que lo pida.
confirm-title = Confirme lo que pidió
confirm-lead = Llegarán a su dirección correos sobre esto:
confirm-yes = Sí, escríbanme
confirm-no = No he pedido esto
nothing-yet = Aún no ha pasado nada: abrir esta página no cambia nada.
confirmed-title = Está suscrito
confirmed-lead = Desde ahora recibe noticias de esto:
confirmed-change = Cambiarlo o terminarlo
refused-title = Olvidado
refused-lead = Lo pedido en su nombre se ha borrado; no llegará ningún correo.
expired-title = Este enlace ha caducado
expired-lead = Valía 24 horas o lo sustituyó uno más nuevo. No se ha cambiado nada.
ask-again = Pedirlo otra vez
all-apis = todas las API
everywhere = todos los entornos
all-kinds = todos los tipos de aviso

## Preferences

preferences-title = Lo que recibe
preferences-lead = Lo que se envía a { $address } y todo lo que sabemos de usted. Quien tenga este enlace puede cambiarlo; no lo pase a nadie.
saved = Guardado.
you-hear-no-more = Se dio de baja: no llegan correos sobre { $program }.
no-programs = De momento no recibe nada.
finer-now = Ahora es más fino de lo que este formulario puede mostrar; al guardar se sustituye.
save-hearing = Guardar
leave-program = Dejar de recibir correos sobre { $program }
leave-all = Dejar de recibir todo
leave-all-means = De todos los programas de arriba. Lo que sabemos de usted queda, para que pueda volver.
about-you = Sobre usted
second-contact = Segundo contacto
second-contact-means = { $address } figura como su segundo contacto. Si usted no dice a tiempo que todo está listo, también se envía un correo allí.
second-contact-remove = Quitar el segundo contacto
your-data = Sus datos
download-data = Descargar todo lo que saben de mí (JSON)
erase-me = Borrarme
erase-means = Su dirección, su nombre y sus preferencias se borran enseguida, y lo que aún no se envió nunca se enviará. Que dejó un programa se recuerda sin su dirección.
erase-sure = Estoy seguro: no se puede deshacer
tick-to-erase = Marque la casilla para borrar.
erased-title = Ha sido borrado
erased-lead = Aquí ya no se sabe nada de usted, y no llegará ningún correo.
hears-of = { $apis }, { $environments }, { $kinds }

## Webhooks

webhook-title = Webhook
webhook-lead = Lo que recibe por correo puede enviarse también a un programa suyo, como JSON firmado (Standard Webhooks).
webhook-url = Dirección del webhook
webhook-set = Fijar el webhook
webhook-remove = Quitar el webhook
webhook-renew = Secreto nuevo
webhook-try = Enviar una prueba
webhook-enable = Intentarlo de nuevo
webhook-secret-once = Lo que enviamos va firmado con este secreto. Solo se muestra esta vez:
webhook-old-secret = Durante 24 horas el secreto anterior firma también.
webhook-pending = En un momento se envía un desafío al webhook; en cuanto lo devuelva, recibirá lo que se le envía por correo.
webhook-active = El webhook recibe lo que se le envía por correo.
webhook-disabled = No se llama al webhook.
webhook-answered = La última prueba fue aceptada.
webhook-test-failed = La última prueba falló.
webhook-is-refused = Lleva a una dirección a la que no se llama.
webhook-is-unreachable = Allí nada responde, o no a tiempo.
webhook-is-status = No responde con un estado 2xx.
webhook-is-challenge = En su respuesta falta el desafío.
webhook-is-gone = Respondió que ya no existe (410).
webhook-is-failing = Las llamadas fallan desde hace un tiempo.
webhook-bad-url = Esta dirección no sirve. Escriba una que empiece por https:// y lleve a un servidor público.
webhook-mail-subject = Su webhook en { $host } fue desactivado
webhook-mail-heading = Su webhook fue desactivado
webhook-mail-lead = Ya no llamamos a su webhook en { $host }. Seguirá recibiendo correos.
webhook-mail-then = Lo que esperaba no se envía. Cuando vuelva a funcionar, haga que se intente de nuevo aquí:

## Buscar, copiar y la hora del lector

search = Buscar
search-lead = Buscar entre avisos, API, entornos y hosts.
search-label = Palabras, nombres o un host
search-nothing = Nada aquí coincide con todas estas palabras.
search-hint = Pruebe con menos palabras o con el principio de una. Las mayúsculas y los acentos no importan.
found-host = Host
copy = Copiar
copied = Copiado
there-at = { $moment } en { $zone }
there-from = desde { $moment } en { $zone }
zone-label = Su zona horaria, para mostrar también en ella las horas
zone-drop = Mostrar solo las horas de la oficina
table-as-csv = Esta tabla en CSV
form-stale = El formulario estuvo abierto demasiado tiempo o viene de otro sitio. No se ha perdido nada: envíelo otra vez.

## Ensayos

own-host = Haga que sus clientes prueben este nombre de host. Se ha creado solo para usted: lo que prueben allí se registra como suyo y se le muestra, primero los intentos fallidos.
tried-title = Sus ensayos
tried-lead = Lo que sus clientes probaron en puntos de acceso de prueba, con los nombres de host creados solo para usted: primero los intentos fallidos, después los últimos.
tried-preferences = Sus clientes pueden ensayar lo que viene. Quien prueba uno de estos nombres de host es usted: cada uno se ha creado solo para usted.
tried-see = Ver lo que probaron sus clientes
tried-nothing = Todavía no se ha probado nada.
tried-is-passes = Pasa
tried-is-fails = Falla
tried-is-unclear = No está claro
tried-is-never = Sin probar
tried-means-passes = El último intento que dice algo de las versiones pasó.
tried-means-fails = El último intento que dice algo de las versiones falló.
tried-means-unclear = Hubo intentos, pero ninguno dice nada de las versiones.
tried-means-never = Nadie lo ha probado con su nombre de host.
tried-offer = Su último intento pasó. Si eso vale para todos sus clientes, diga que está hecho.
tried-offered = Ofrecido
tried-from = Desde
tried-times = { $count } veces desde { $date }
tried-up-to = hasta { $version }
tried-no-version = nada legible
tried-somewhere = Ningún punto de acceso de prueba conocido
tried-more = Más intentos
tried-passed = Pasó, con { $version }: después del corte nada cambia para este cliente.
tried-observed = Se aceptó, con { $version }, que después del corte no se aceptará. Actualice su biblioteca TLS o permítale versiones más nuevas.
tried-too-old = Ofreció { $version } como máximo, que es demasiado antigua. Actualice su biblioteca TLS o permítale versiones más nuevas.
tried-too-new = No ofreció nada más antiguo que { $version }, y aquí no se llega a tanto. Permítale también una versión anterior o pregunte si producción aceptará { $version }.
tried-no-shared-cipher = Ofreció una versión que se acepta, pero ningún cifrado que se acepte. Permítale cifrados más nuevos, como ECDHE con AES-GCM.
tried-distrusts-certificate = No confía en el certificado del punto de acceso de prueba: esto no dice nada de las versiones. Actualice su lista de autoridades de certificación y vuelva a probar.
tried-plain-http = Habló HTTP sin TLS. Escriba https:// en su dirección.
tried-not-tls = Lo que envió no es TLS. Compruebe qué protocolo tiene que hablar en este puerto.
tried-silent = Se conectó y no envió nada a tiempo. Puede que algo lo retenga en el camino, como un proxy.
tried-broken-off = Cortó antes de que hubiera un resultado: esto no dice nada de las versiones. Lo que él mismo registra dice más.
tried-unknown-name = El nombre que pidió no es el de ningún punto de acceso de prueba: esto no dice nada de las versiones. Compruebe el nombre de host de su dirección.
tried-not-open = El punto de acceso de prueba no estaba abierto. Vuelva a probar mientras lo esté.
tried-old-hello = Comienza como para SSL 2.0, lo que algunos servidores rechazan.
tried-alert-client = Envió la alerta { $alert }.
tried-alert-server = Recibió la alerta { $alert }.
rehearsed-passes = Su último intento pasó.
rehearsed-not-yet = No consta ningún intento suyo que haya pasado. Los intentos aparecen aquí en menos de un minuto.
rehearsed-nothing-told = No se le comunicó nada aquí que pudiera hacerse.

rehearsal-passed-title = Su cliente pasa la prueba
rehearsal-passed-lead = nada cambia para usted con el corte.
rehearsal-passed-until = después del { $cutoff } nada cambia para usted.
rehearsal-passed-since = cumple lo que está en vigor desde el { $cutoff }.
rehearsal-observed-title = Su cliente habla lo que termina
rehearsal-observed-lead = esto ya no se aceptará después del corte.
rehearsal-observed-until = esto ya no se aceptará a partir del { $cutoff }.
rehearsal-observed-since = esto ya no se acepta desde el { $cutoff }.
rehearsal-early-title = Esta prueba aún no ha comenzado
rehearsal-early-lead = Se abre: { $date }.
rehearsal-late-title = Esta prueba ha terminado
rehearsal-late-lead = Se cerró: { $date }.
rehearsal-notice = Aviso
rehearsal-spoken = Hablado con su cliente
rehearsal-offered = Ofrecido por su cliente
rehearsal-name = Nombre que pidió
rehearsal-taken = Aceptado aquí
rehearsal-kept = Se conserva durante un tiempo que un cliente de su red lo intentó y cómo le fue.
