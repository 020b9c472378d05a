import { many } from './many';

export const start = {
  hero: {
    title: 'Backgrounds, gone.',
    about: 'Drop a picture anywhere on this page. A second later the subject stands alone, down to the hair.',
    choose: 'Choose a picture',
    paste: 'or drop it, or paste it with Ctrl+V',
    dropHere: 'Let go to begin',
    folder: 'That is a folder. Folders go to Batch; here it is one picture at a time.',
    before: 'Before',
    after: 'After',
    compare: 'Slide to compare',
    free: (n: string) =>
      `A new account comes with ${many(n, 'credit')}, enough for your first pictures. No card.`,
    closed: 'On this server the administrator makes the accounts. Ask them for one, or log in.',
    kept: (name: string) => `${name} is waiting. Create an account or log in, and we go on with it.`,
    keptAll: (n: string) =>
      `${n} pictures are waiting. Create an account or log in, and we go on with all of them.`,
  },
  points: [
    {
      title: 'Yours alone',
      about: 'It runs on this very server. Your pictures go nowhere else and are deleted after their time.',
    },
    {
      title: 'Change your mind for free',
      about: 'The cut-out is kept: new backgrounds, crops and formats cost nothing and take a blink.',
    },
    {
      title: 'One or five hundred',
      about: 'Drop a whole folder. You pay for pictures that came out, and for no others.',
    },
  ],
  prices: {
    title: 'What it costs',
    credits: (n: string) => `${many(n, 'credit')} a picture`,
    discount: (percent: string, n: string) => `${percent} off from ${n} pictures`,
  },
  tiers: {
    basic: { name: 'Basic', about: 'The quickest. Clear subjects, web sizes.' },
    standard: { name: 'Standard', about: 'Sharper edges. Right for most pictures.' },
    professional: { name: 'Professional', about: 'Looks twice at the subject. Hair, fur, fine detail.' },
    industry: { name: 'Industry', about: 'Our best: several models together, at full precision.' },
  },
  apps: {
    title: 'Your apps',
    hello: (name: string) => `Hello, ${name}`,
    open: 'Open',
    recent: 'Last pictures',
    none: 'Your pictures will appear here.',
    begin: 'Remove a background',
    numbers: 'At a glance',
  },
  login: {
    title: 'Log in',
    email: 'E-mail address',
    password: 'Password',
    submit: 'Log in',
    forgot: 'Forgotten password?',
    noAccount: 'No account yet?',
    ended: 'Your session has ended. Log in again, and we go on where you were.',
    wrong:
      'The address or the password is wrong. If both are right, the account may be suspended: ask the administrator.',
    locked: 'Too many wrong passwords for this address.',
    show: 'Show password',
    hide: 'Hide password',
  },
  register: {
    title: 'Create an account',
    name: 'Your name',
    passwordHint: 'At least 8 characters; a sentence is best.',
    submit: 'Create account',
    have: 'Have an account?',
    bonus: (n: string) => `You get ${many(n, 'credit')} to begin with.`,
    closed: 'Registration is closed on this server. The administrator makes accounts.',
    mailedTitle: 'Look at your mail',
    mailed:
      'A mail is on its way to your address. Open its link and enter your password; until then there is no account.',
    taken:
      'If the address was free, your account is there. If you had one already, log in with its password.',
  },
  confirm: {
    title: 'Confirm your address',
    about: 'Enter the password that you registered with, or, for a new address, that of your account.',
    submit: 'Confirm',
    noToken: 'The link is not whole. Open it from the mail again, or register once more.',
  },
  forgot: {
    title: 'Forgotten password',
    about: 'We mail a link to choose a new one, if there is an account with the address.',
    submit: 'Send the link',
    done: 'If there is an account with this address, a mail is on its way. The link works once, for an hour.',
    noMail:
      'This server sends no mails. Ask its administrator for a link: lumiku user reset-link prints one.',
  },
  reset: {
    title: 'Choose a new password',
    about: 'Afterwards you are logged out everywhere.',
    password: 'New password',
    submit: 'Change the password',
    done: 'Done. Log in with the new password.',
    noToken: 'The link is not whole. Open it from the mail again, or ask for a new one.',
  },
  setup: {
    title: 'Become the first administrator',
    about:
      'Where this server has no administrator yet, whoever fills this in becomes one. The link works once.',
    submit: 'Become the administrator',
    over: 'This server has an administrator already, and the link makes no other. Log in, or ask them.',
    noToken:
      'The link is not whole. Copy it again from where the server printed it: it ends in #token= and a code.',
  },
};
