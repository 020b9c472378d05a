import type { Text } from '../text';

export const subscription: Text['subscription'] = {
  planName: (plan) => plan.charAt(0).toUpperCase() + plan.slice(1),
  credits: (n) => `${n} kredit`,
  month: (plan) => `${plan} selama sebulan`,
  upgradeTo: (plan) => `Naik ke ${plan}`,
  changed: 'Selesai. Paket Anda sudah diubah.',
  states: {
    pending_payment: 'Menunggu pembayaran',
    active: 'Aktif',
    past_due: 'Lewat jatuh tempo',
    cancelled: 'Dibatalkan',
    expired: 'Berakhir',
  },
  story: {
    pending_payment: 'Paket dimulai begitu pembayaran Anda diterima.',
    active: (date) => `Sudah dibayar sampai ${date}. Tagihan bulan berikutnya dikirim sebelum itu.`,
    follows: (date, plan) => `Sudah dibayar sampai ${date}; setelah itu berganti ke ${plan}.`,
    past_due: (date, grace) =>
      `Masa yang dibayar berakhir pada ${date}. Paket masih dapat dipakai sampai ${grace}; bayar sebulan lagi untuk melanjutkan.`,
    cancelled: (date) =>
      `Masih dapat dipakai sampai ${date}, lalu berakhir tanpa biaya lagi. Sampai saat itu Anda boleh berubah pikiran.`,
    expired: (date) => `Berakhir pada ${date}. Pilih paket di bawah untuk melanjutkan, atau pakai kredit.`,
    never: 'Berakhir sebelum dibayar. Pilih paket di bawah, atau pakai kredit.',
  },
  suspended: {
    name: 'Ditangguhkan',
    about:
      'Administrator server ini menangguhkan paket Anda. Tanyakan alasannya. Kredit tetap dapat dipakai.',
  },
  quota: {
    today: 'Sisa foto hari ini',
    premium: 'Di antaranya Profesional dan Industri',
    left: (remaining, limit) => `${remaining} dari ${limit}`,
    resets: (when) => `Dihitung ulang pada ${when}`,
  },
  due: {
    title: 'Perlu dibayar',
    pay: (what, amount) => `${what}: bayar ${amount}`,
    until: (when) => `Tagihan ini dapat dibayar sampai ${when}.`,
    noInstructions: 'Bayarlah dengan cara yang Anda sepakati dengan administrator server ini.',
    reference: 'Cantumkan nomor ini sebagai berita transfer:',
    byHand: 'Administrator mengonfirmasi setelah pembayaran Anda masuk. Halaman ini langsung menampilkannya.',
    go: 'Bayar sekarang',
    noPage: 'Layanan pembayaran tidak memberikan halaman pembayaran. Coba lagi sebentar lagi.',
    invoice: 'Tagihan',
    withdraw: 'Tidak jadi beli',
  },
  plans: {
    title: 'Paket',
    about: 'Setiap hari paket membayar foto Anda lebih dulu, sebelum kredit terpakai.',
    month: 'per bulan',
    daily: (n) => `${n} foto per hari`,
    tiers: (names) => names.join(', '),
    premium: (n) => `${n} di antaranya Profesional atau Industri`,
  },
  offers: {
    subscribe: 'Berlangganan',
    renew: 'Bayar sebulan lagi',
    upgrade: 'Naik paket',
    downgrade: 'Ganti setelah masa berbayar',
    keep: 'Tetap di paket ini',
    reactivate: 'Lanjutkan paket ini',
    current: 'Paket Anda',
    follows: 'Menyusul setelah paket Anda',
  },
  ask: {
    title: (plan) => `Ganti ke ${plan}?`,
    upgrade: (price, until) =>
      `Anda membayar ${price} sekarang: selisih untuk masa sampai ${until}. Paket berganti setelah dibayar.`,
    downgrade: (date) =>
      `Paket Anda tetap sampai ${date}; setelah itu berganti ke paket ini. Sekarang tidak ada yang perlu dibayar.`,
    invoice: 'Buat tagihan',
    change: 'Ganti nanti',
  },
  cancel: {
    open: 'Batalkan paket',
    title: 'Batalkan paket Anda?',
    kept: (date) => `Masih dapat dipakai sampai ${date}. Setelah itu tidak ada tagihan lagi.`,
    ends: 'Paket langsung berakhir, karena masa yang dibayar sudah lewat.',
    reason: 'Mengapa? (bila berkenan)',
    keep: 'Jangan batalkan',
    confirm: 'Batalkan paket',
    done: 'Paket Anda dibatalkan.',
  },
  packages: {
    title: 'Kredit',
    about: 'Untuk kebutuhan sesekali. Kredit tidak hangus.',
    each: (price) => `${price} per kredit`,
    buy: 'Beli',
  },
  payments: {
    title: 'Pembayaran Anda',
    csv: 'Unduh CSV',
    invoice: 'Tagihan',
    receipt: 'Kuitansi',
    statuses: {
      pending: 'Belum dibayar',
      paid: 'Lunas',
      expired: 'Lewat waktu',
      cancelled: 'Dibatalkan',
      refunded: 'Dikembalikan',
    },
  },
};
