import type {
  CarrierStatus,
  DistributionReason,
  InvitationMode,
  Priority,
  SupervisionMode,
  TimerName,
} from '@ringdown/protocol/call-events';
import { capital, seconds } from './explain-format.ts';
import type { TimelineWords } from './explain-words-en.ts';

const whyNot: Record<DistributionReason, string> = {
  'longest-idle': 'llevaba más tiempo esperando una llamada',
  'not-on-this-hotline': 'no atiende esta línea',
  offline: 'estaba fuera de línea',
  'on-break': 'estaba en una pausa',
  'on-a-call': 'estaba en otra llamada',
  'ringing-elsewhere': 'tenía otra llamada sonando',
  'wrapping-up': 'escribía notas después de una llamada',
  'not-reachable': 'no tenía ninguna consola abierta',
  'missed-this-call': 'acababa de perder o rechazar esta llamada',
  'idle-for-less': 'había atendido una llamada más recientemente',
  'taken-meanwhile': 'recibió otra llamada en ese mismo momento',
  'ring-all': 'está entre quienes están libres: suena para todas las personas',
  'round-robin': 'llevaba más tiempo sin que le sonara: por turnos',
  'fewest-calls': 'ha atendido menos llamadas en este turno',
  'weighted-random': 'salió en el sorteo por peso',
  linear: 'va primero en la lista',
  'rung-more-recently': 'tuvo una llamada sonando más recientemente',
  'more-calls-this-shift': 'ha atendido más llamadas en este turno, o llevaba menos tiempo libre',
  'not-drawn': 'no salió en el sorteo esta vez',
  'later-in-order': 'va más abajo en la lista',
  'not-on-shift': 'no estaba de turno',
  'shift-full': 'ya había atendido las llamadas acordadas para un turno',
  'lacks-language': 'no habla el idioma de quien llama',
  'lacks-skill': 'no tiene una habilidad que esta línea pide',
  'took-it': 'la tomó de la cola',
  assigned: 'la recibió por asignación',
  invited: 'recibió una invitación a la llamada',
};

const timers: Record<TimerName, string> = {
  'stream-expected': 'La operadora no conectó el sonido a tiempo.',
  'ring-timeout': 'Nadie contestó a tiempo: una llamada perdida. Quien llama avanza en la cola.',
  'max-wait': 'Quien llama ha esperado lo máximo que permite esta línea.',
  'nobody-wait': 'Nadie volvió a estar disponible: empieza el plan de la línea para llamadas sin atender.',
  'bridge-expected':
    'El navegador de quien atiende no se unió a tiempo. Quien llama conserva su lugar y se pregunta a otra persona.',
  reconnecting:
    'El navegador de quien atiende no volvió a tiempo. Quien llama oye una disculpa y es la primera persona en la cola.',
  'farewell-limit': 'Las últimas palabras tardaron demasiado: se cuelga la llamada.',
  'voicemail-limit': 'La grabación duró demasiado.',
  'hang-up-limit': 'La operadora no confirmó el final de la llamada: se le avisa otra vez.',
  redistribute: 'Se puede volver a preguntar a quienes perdieron la llamada.',
  invitation: 'La persona invitada no contestó a tiempo: quien atiende se queda con la llamada.',
  menu: 'Quien llama no eligió idioma: se usa el de la línea.',
  'call-back': 'Es hora de volver a intentar la devolución de la llamada, o de abandonarla.',
  'ladder-step': 'Este paso del plan no llevó a nada a tiempo: sigue el próximo.',
  'phone-leg': 'El teléfono marcado no contestó a tiempo.',
  'dial-in': 'Quien llamó con su código tardó demasiado, o nadie contestó, o la conversación duró lo máximo permitido.',
  'outside-limit': 'La llamada con el número externo ha durado lo máximo permitido.',
};

const invitationModes: Record<InvitationMode, string> = {
  warm: 'para pasar la llamada tras hablar',
  blind: 'para pasar la llamada',
  'three-way': 'para hablar entre todas las personas',
};

const supervisionModes: Record<SupervisionMode, string> = {
  listen: 'escucha',
  whisper: 'habla solo a quien atiende',
  barge: 'habla con ambas partes',
};

const statuses: Record<CarrierStatus, string> = {
  ringing: 'sonando',
  'in-progress': 'en curso',
  completed: 'terminada',
  busy: 'ocupada',
  'no-answer': 'sin respuesta',
  failed: 'fallida',
  canceled: 'cancelada',
  unknown: 'desconocida',
};

const priorities: Record<Priority, string> = { urgent: 'urgente', high: 'alta', medium: 'media', low: 'baja' };

/** What a call's timeline says, in Spanish. */
export const spanish: TimelineWords = {
  anotherHotline: 'otra línea',
  whyNot,
  passedOver: (person, reason) => `${person} ${whyNot[reason]}.`,
  alsoPassedOver: (count) => `No se consideró tampoco a ${count} más.`,
  timers,
  reason: (reason) => `Motivo: ${reason}.`,

  arrived: 'Entró una llamada y se puso en la cola.',
  arrivedClosed: 'Entró una llamada con la línea cerrada.',
  arrivedFull: 'Entró una llamada con la cola llena.',
  arrivedPractice: 'Empezó una llamada de práctica: quien llama sigue un guion.',
  waits: (ringMs, maxMs, nobodyMs) =>
    `Suena ${seconds(ringMs)} para cada persona; espera como máximo ${seconds(maxMs)}, o ${seconds(nobodyMs)} mientras nadie está disponible.`,
  waitsThere: (maxMs, nobodyMs) =>
    `Allí espera como máximo ${seconds(maxMs)}, o ${seconds(nobodyMs)} mientras nadie está disponible.`,
  withheld: 'El número está oculto: se omite el paso que ofrece devolver la llamada.',
  placed: (person) => `${person} devuelve la llamada a quien llamó antes.`,
  placedUnseen: 'Se muestra el número de la línea; nadie del equipo ve el número que se marca.',

  gatewayAssigned: 'Se pidió a la pasarela telefónica con menos carga que llevara el sonido.',
  noGateway: 'No había ninguna pasarela telefónica. La operadora reproduce el final por su cuenta.',
  gatewayLost: 'La pasarela telefónica desapareció. Se espera que la operadora pregunte cómo seguir.',
  streamStarted: 'El sonido de quien llama llegó a la pasarela.',
  streamEnded: {
    'carrier-stopped': 'La operadora terminó el sonido: quien llamaba colgó.',
    'socket-lost': 'Se rompió la conexión de sonido con la operadora.',
    silent: 'La conexión de sonido de la operadora quedó muda y se abandonó.',
    'protocol-breach': 'La conexión de sonido de la operadora incumplió sus propias reglas y se cerró.',
    directed: 'La pasarela cerró el sonido como se le indicó.',
    'shutting-down': 'La pasarela se apagó.',
  },
  carrierAsked: 'La operadora preguntó cómo seguir.',
  carrierStatus: (status) => `La operadora informó del estado de la llamada: ${statuses[status]}.`,

  offered: (person, reason) => `Ofrecida a ${person}, que ${whyNot[reason]}.`,
  assigned: (person, by) => `Asignada a ${person} por ${by}.`,
  onOwnPhone: 'Suena en su propio teléfono: así ningún tramo de la llamada es privado.',
  nobodyFree: (staffed) => `Nadie está libre; ${staffed} de turno pueden atender más tarde. Quien llama espera.`,
  nobodyReachable: 'Nadie está disponible.',
  position: (position) => `Quien llama tiene el lugar ${position} en la cola.`,
  accepted: 'Se aceptó la llamada. La pasarela y el navegador acuerdan una clave.',
  declined: 'Se rechazó la llamada. Rechazar no cuenta como llamada perdida.',
  withdrawn: 'Se retiró la oferta: quien iba a atender se desconectó.',
  priority: (person, priority) => `${person} cambió la prioridad a ${priorities[priority]}.`,

  joined: 'Clave acordada: el tramo entre la pasarela y quien atiende va cifrado y ambas partes se oyen.',
  keyFacts: (generation, keyIndex) => `Generación del grupo ${generation}, índice de clave ${keyIndex}.`,
  memberRemoved: 'Quien atendía salió de la organización y dejó la llamada al instante; se pregunta a otra persona.',
  memberFailed:
    'El navegador de quien atiende no pudo acordar una clave. Nada se envió sin cifrar; se pregunta a otra persona.',
  connectionLost: (person) => `El navegador de ${person} perdió la conexión. Quien llama oye música.`,
  rejoined: (person) => `${person} está de nuevo en la llamada.`,
  held: 'Se puso a quien llama en espera.',
  resumed: 'Se sacó a quien llama de la espera.',
  muted: 'Quien atiende silenció su micrófono.',
  unmuted: 'Quien atiende volvió a activar su micrófono.',
  digitsSent: 'Quien atiende envió tonos del teclado.',
  digitReceived: 'Quien llama pulsó una tecla.',
  hungUp: (person) => `${person} terminó la llamada.`,
  promptsFinished: 'Las últimas palabras se oyeron hasta el final.',
  voicemail: (ms) => `Se grabó un mensaje de voz de ${seconds(ms)} y se selló para la caja de la línea.`,
  noVoicemail: 'Quien llamó no dejó ningún mensaje de voz.',
  voicemailFailed: 'No se pudo guardar el mensaje de voz.',
  roomLost: 'El servidor de sonido perdió la sala.',

  invitedNumber: (by, mode) => `${by} invitó a un número externo (${invitationModes[mode]}).`,
  invitedPerson: (by, person, mode) => `${by} invitó a ${person} (${invitationModes[mode]}).`,
  confirmed: 'Se pide a quien conteste que pulse 1, para que un buzón nunca tome la llamada.',
  leftOutside: 'En cuanto alguien conteste, nadie del equipo está en la llamada; ninguno de los teléfonos es privado.',
  invitationCancelled: (by) => `${by} retiró la invitación y sigue con quien llama.`,
  handedOver: (by) => `${by} pasó la llamada.`,
  consultationJoined: 'Se unió a quien llama: hablan todas las personas juntas.',
  left: (person) => `${person} dejó la llamada.`,
  letGo: (by) => `${by} sacó a alguien de la llamada.`,
  supervises: (person, mode) => `${person} ${supervisionModes[mode]}.`,
  supervisionBegun: (person, mode) => `${person} ${supervisionModes[mode]}. Quien atiende lo ve.`,
  callerTold: 'Se avisó a quien llama.',
  callerNotTold: 'No se avisó a quien llama: así lo decidió esta línea.',
  takenOver: (person) => `${person} se hizo cargo de la llamada.`,

  legDialBegun: 'Se está marcando otro teléfono.',
  legDialled: 'La operadora aceptó el número del otro teléfono.',
  legDialFailed: 'No se pudo marcar el otro teléfono.',
  legStatus: (status) => `La operadora informó del estado del otro teléfono: ${statuses[status]}.`,
  legStreamStarted: 'El sonido del otro teléfono llegó a la pasarela.',
  legStreamEnded: 'El sonido del otro teléfono terminó.',
  legDigit: 'Se pulsó una tecla en el otro teléfono.',

  staffRecognised: (person) => `${person} llamó y marcó su código: no es alguien que pide ayuda.`,
  staffUncounted: 'Se dejó el lugar en la cola; la llamada no cuenta en ninguna cifra. Las teclas no se guardan.',
  staffBusy: 'Se marcó un código del equipo, pero esa persona está en otra llamada o le está sonando una.',
  staffRefused: 'Se marcó un código del equipo que es incorrecto, o está bloqueado tras demasiados intentos.',
  dialInLastCaller: 'Se devuelve la llamada a la última persona con quien habló.',
  dialInNumber: 'Se llama a un número que marcó.',
  dialInUnseen:
    'Se muestra el número de la línea. A nadie del equipo se le dice el número. Ningún tramo de esta llamada es privado.',
  dialInRefused: {
    'no-caller': 'No hay a quién devolver la llamada, o el número estaba oculto.',
    'bad-number': 'El número marcado no existe, o no se puede llamar desde esta línea.',
    'no-own-phone': 'No tiene guardado ningún teléfono propio en el que puedan sonar llamadas.',
  },
  dialInAvailable: 'Pasa a estar disponible: las llamadas suenan en su propio teléfono.',
  dialInUnavailable: 'Deja de estar disponible después de esta llamada.',

  languagePressed: 'Quien llama eligió un idioma.',
  languageRemembered: 'El idioma de quien llama se conoce de una llamada anterior.',
  language: (language) => `Idioma: ${language}.`,
  moved: (hotline) => `La llamada pasó a ${hotline}, con su lugar según la hora en que entró.`,
  overflowRefused: {
    closed: (hotline) => `${capital(hotline)} estaba cerrada: sigue el próximo paso.`,
    full: (hotline) => `${capital(hotline)} tenía la cola llena: sigue el próximo paso.`,
    gone: (hotline) => `${capital(hotline)} ya no existe: sigue el próximo paso.`,
  },

  practiceSpoke: (ms) => `Quien atiende habló ${seconds(ms)}.`,
  practiceSaid: (words) => `La voz del guion dijo «${words}».`,
  practiceHandOver: (person) => `${person} intentó pasar la llamada. En la práctica no suena para nadie.`,
  practiceFailed: 'La voz del guion no pudo hablar: esta máquina no tiene voz local.',

  orphaned: 'Se encontró que nadie tenía ya esta llamada, y se cerró.',
  orphanFound: {
    'carrier-says-over': 'La operadora dice que terminó.',
    'unknown-at-carrier': 'La operadora no la conoce.',
    'too-old': 'Es más antigua de lo que puede ser una llamada.',
  },
};
