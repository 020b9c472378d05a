import type { Text } from '../text';

export const errors: Text['errors'] = {
  offline: 'Server tidak menjawab. Periksa koneksi Anda; kami terus mencoba.',
  unknown: 'Terjadi kesalahan di pihak kami.',
  withId: (text, id) => `${text} (permintaan ${id})`,
  later: (text, wait) => `${text} Coba lagi dalam ${wait}.`,
  credits: (needed, there) =>
    `Ini memerlukan ${needed} kredit dan Anda punya ${there}. Tambah kredit, atau pilih tingkat yang lebih murah.`,
  byCode: {
    UNAUTHORIZED: 'Anda tidak lagi masuk. Masuk lalu coba lagi.',
    TOKEN_EXPIRED: 'Sesi Anda berakhir. Masuk lalu coba lagi.',
    INVALID_TOKEN: 'Sesi Anda diakhiri. Masuk lalu coba lagi.',
    FORBIDDEN: 'Anda tidak diizinkan melakukan itu.',
    FILE_TOO_LARGE: 'Berkas lebih besar dari yang diterima server ini. Simpan lebih kecil lalu coba lagi.',
    IMAGE_TOO_LARGE: 'Piksel foto lebih banyak dari yang diterima server ini. Perkecil lalu coba lagi.',
    INVALID_FILE_TYPE:
      'Ini bukan foto yang dapat kami baca. JPEG, PNG, WebP, AVIF, HEIC, TIFF, GIF, dan BMP bisa.',
    UNREADABLE_IMAGE: 'Foto rusak dan tidak dapat dibaca. Coba simpan ulang dari program lain.',
    UNKNOWN_FOREGROUND:
      'Kami tidak menemukan objek di foto ini. Coba tingkat lebih tinggi, atau foto dengan objek yang lebih menonjol. Tidak ada biaya.',
    INSUFFICIENT_CREDITS: 'Kredit Anda tidak cukup. Tambah kredit, atau pilih tingkat yang lebih murah.',
    QUOTA_EXCEEDED: 'Kuota paket Anda hari ini habis. Besok mulai lagi; kredit dapat dipakai sekarang.',
    TIER_NOT_ALLOWED: 'Paket Anda tidak mencakup tingkat ini. Pilih yang lain, atau bayar dengan kredit.',
    BATCH_TOO_LARGE: 'Itu lebih dari isi satu kelompok. Bagi menjadi beberapa.',
    SOURCE_REFUSED: 'Alamat itu tidak dapat diambil dari sini. Simpan fotonya lalu kirim berkasnya.',
    NOT_FOUND: 'Tidak ada. Mungkin sudah dihapus.',
    FILE_MISSING: 'Berkasnya sudah tidak ada.',
    FILE_EXPIRED: 'Berkas foto ini dihapus setelah waktunya. Kirim fotonya lagi.',
    RATE_LIMIT_EXCEEDED: 'Itu terlalu cepat.',
    QUEUE_FULL: 'Pekerjaan Anda yang menunggu sudah sebanyak yang diterima server.',
    SERVICE_UNAVAILABLE: 'Sebagian server tidak menjawab. Tidak ada biaya.',
    MIGRATION_PENDING: 'Server sedang diperbarui. Tidak ada biaya.',
    INTERNAL_ERROR: 'Terjadi kesalahan di pihak kami. Tidak ada biaya.',
  },
};
