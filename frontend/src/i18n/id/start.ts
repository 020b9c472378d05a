import type { Text } from '../text';

export const start: Text['start'] = {
  hero: {
    title: 'Latar, lenyap.',
    about:
      'Jatuhkan foto di mana saja pada halaman ini. Sedetik kemudian objeknya berdiri sendiri, sampai ke helai rambut.',
    choose: 'Pilih foto',
    paste: 'atau jatuhkan, atau tempel dengan Ctrl+V',
    dropHere: 'Lepaskan untuk mulai',
    folder: 'Itu folder. Folder dijatuhkan di Massal; di sini satu foto sekali jalan.',
    before: 'Sebelum',
    after: 'Sesudah',
    compare: 'Geser untuk membandingkan',
    free: (n) => `Akun baru mendapat ${n} kredit, cukup untuk foto-foto pertama Anda. Tanpa kartu.`,
    closed: 'Di server ini administrator yang membuat akun. Mintalah kepadanya, atau masuk.',
    kept: (name) => `${name} menunggu. Buat akun atau masuk, lalu kita lanjutkan.`,
    keptAll: (n) => `${n} foto menunggu. Buat akun atau masuk, lalu kita lanjutkan semuanya.`,
  },
  points: [
    {
      title: 'Hanya milik Anda',
      about:
        'Berjalan di server ini sendiri. Foto Anda tidak pergi ke mana pun dan dihapus setelah waktunya.',
    },
    {
      title: 'Ubah sesuka hati, gratis',
      about: 'Hasil potongan disimpan: latar, pangkasan, dan format baru tanpa biaya dan dalam sekejap.',
    },
    { title: 'Satu atau lima ratus', about: 'Jatuhkan satu folder. Anda hanya membayar foto yang berhasil.' },
  ],
  prices: {
    title: 'Biayanya',
    credits: (n) => `${n} kredit per foto`,
    discount: (percent, n) => `diskon ${percent} mulai ${n} foto`,
  },
  tiers: {
    basic: { name: 'Dasar', about: 'Paling cepat. Objek jelas, ukuran web.' },
    standard: { name: 'Standar', about: 'Tepi lebih tajam. Cocok untuk kebanyakan foto.' },
    professional: { name: 'Profesional', about: 'Melihat objek dua kali. Rambut, bulu, detail halus.' },
    industry: { name: 'Industri', about: 'Yang terbaik: beberapa model bersama, presisi penuh.' },
  },
  apps: {
    title: 'Aplikasi Anda',
    hello: (name) => `Halo, ${name}`,
    open: 'Buka',
    recent: 'Foto terakhir',
    none: 'Foto Anda akan muncul di sini.',
    begin: 'Hapus latar',
    numbers: 'Sekilas',
  },
  login: {
    title: 'Masuk',
    email: 'Alamat email',
    password: 'Kata sandi',
    submit: 'Masuk',
    forgot: 'Lupa kata sandi?',
    noAccount: 'Belum punya akun?',
    ended: 'Sesi Anda telah berakhir. Masuk lagi, lalu kita lanjutkan dari tempat Anda tadi.',
    wrong:
      'Alamat atau kata sandi salah. Jika keduanya benar, mungkin akun Anda ditangguhkan: tanyakan kepada administrator.',
    locked: 'Terlalu banyak kata sandi salah untuk alamat ini.',
    show: 'Tampilkan kata sandi',
    hide: 'Sembunyikan kata sandi',
  },
  register: {
    title: 'Buat akun',
    name: 'Nama Anda',
    passwordHint: 'Minimal 8 karakter; kalimat paling baik.',
    submit: 'Buat akun',
    have: 'Sudah punya akun?',
    bonus: (n) => `Anda mendapat ${n} kredit untuk mulai.`,
    closed: 'Pendaftaran ditutup di server ini. Administrator yang membuat akun.',
    mailedTitle: 'Periksa email Anda',
    mailed:
      'Email sedang dikirim ke alamat Anda. Buka tautannya dan masukkan kata sandi Anda; sebelum itu belum ada akun.',
    taken:
      'Jika alamat itu belum dipakai, akun Anda sudah ada. Jika Anda sudah punya akun, masuk dengan kata sandinya.',
  },
  confirm: {
    title: 'Konfirmasi alamat Anda',
    about:
      'Masukkan kata sandi yang Anda pilih saat mendaftar atau, untuk alamat baru, kata sandi akun Anda.',
    submit: 'Konfirmasi',
    noToken: 'Tautannya tidak lengkap. Buka lagi dari email, atau daftar sekali lagi.',
  },
  forgot: {
    title: 'Lupa kata sandi',
    about: 'Kami mengirim tautan untuk memilih yang baru, jika ada akun dengan alamat itu.',
    submit: 'Kirim tautan',
    done: 'Jika ada akun dengan alamat ini, email sedang dikirim. Tautannya berlaku sekali, selama satu jam.',
    noMail:
      'Server ini tidak mengirim email. Mintalah tautan kepada administrator: lumiku user reset-link mencetaknya.',
  },
  reset: {
    title: 'Pilih kata sandi baru',
    about: 'Setelahnya Anda keluar di semua tempat.',
    password: 'Kata sandi baru',
    submit: 'Ubah kata sandi',
    done: 'Selesai. Masuk dengan kata sandi baru.',
    noToken: 'Tautannya tidak lengkap. Buka lagi dari email, atau minta yang baru.',
  },
  setup: {
    title: 'Jadi administrator pertama',
    about:
      'Jika server ini belum punya administrator, siapa yang mengisi ini menjadi administrator. Tautannya berlaku sekali.',
    submit: 'Jadi administrator',
    over: 'Server ini sudah punya administrator, dan tautan ini tidak dapat menambah yang lain. Masuk, atau tanyakan kepadanya.',
    noToken: 'Tautannya tidak lengkap. Salin lagi dari keluaran server: akhirnya #token= dan sebuah kode.',
  },
};
