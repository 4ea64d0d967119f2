"""Names and how they are written elsewhere, and words that are other names: a line each."""

ONE_NAME = """
Zelensky: Zelenskyy Зеленський Зеленский Selenskyj زيلينسكي זלנסקי Ζελένσκι Zełenski
Kyiv: Kiev Київ Киев Kijów كييف Κίεβο
Erdogan: Erdoğan Эрдоган أردوغان Ердоган Ερντογάν
Muhammad: Mohammed Mohamed محمد Мухаммед Muhamad
Putin: Путин Poutine بوتين Πούτιν פוטין
Gorbachev: Горбачёв Gorbatschow Gorbatchev Gorbaczow Γκορμπατσόφ
Khrushchev: Хрущёв Chruschtschow Chruszczow Khrouchtchev
Tchaikovsky: Чайковский Tschaikowski Chaikovsky Czajkowski
Qaddafi: Gaddafi Kadhafi القذافي Каддафи
Hussein: حسين Husayn Hüseyin Хусейн
Netanyahu: Нетаньяху נתניהו Netanjahu
Lukashenko: Лукашенко Łukaszenka Lukaschenko
Yeltsin: Ельцин Jelzin
Djokovic: Djokowitsch Đoković Джокович Ђоковић
Walesa: Wałęsa
Kharkiv: Харків Kharkov Charkiw
Lviv: Lwów Львів
Odessa: Одеса
Tehran: طهران Тегеран
Khamenei: خامنئي Хаменеи
Baghdad: Багдад بغداد
Ahmed: أحمد Ahmet Ахмед
Yusuf: يوسف Юсуф
Osama: Usama أسامة
Shevchenko: Шевченко Schewtschenko Szewczenko
Dostoevsky: Достоевский Dostojewski Dostoyevsky
Papandreou: Παπανδρέου
Tsipras: Τσίπρας
Mitsotakis: Μητσοτάκης
Washington: Вашингтон واشنطن
Obama: Обама أوباما
Trump: Трамп ترامب
Merkel: Меркель ميركل
Johnson: Джонсон
Churchill: Черчилль
Shakespeare: Шекспир
Einstein: Эйнштейн אינשטיין
Modi: मोदी
Delhi: दिल्ली
Tbilisi: თბილისი
Saakashvili: სააკაშვილი
Yerevan: Երևան
Pashinyan: Փաշինյան
Sofia: София
Skopje: Скопје
Vucic: Вучић
Milosevic: Милошевић
Tymoshenko: Тимошенко
Nguyen: Nguyễn
"""

MISSED = """
Erdogan: ארדואן
Muhammad: Mehmed
Yeltsin: Eltsine
Walesa: Валенса
Teheran: Tahran
Yusuf: Youssef
"""
"""One name, written too differently to be told from two."""

TWO_NAMES = """
Putin: Patton Batman Poston
Kiev: Kva Cave Kobe
Trump: Trumpet Тромбон
Merkel: Miracle Marcellus
Obama: Osama Alabama
Johnson: Jansen Jonas Jackson
Moscow: Mosque Mexico
Berlin: Brelin Verlaine
Paris: Perez Boris Порос
London: Lindon Landin
Madrid: Mudroid
Rome: Rama
Lima: Lama
Bush: Bash Pasha
Macron: Micron Marconi
Biden: Baden Bidon
Clinton: Clayton Klimt
Gore: Guerra
Blair: Baylor Polar
Brown: Baron Brno
Kerry: Curry Korea
Muhammad: Mahmoud Mahathir
Hussein: Hassan Hosanna
Stalin: Stallone Steeling
Lenin: Lennon
Marx: Morocco
Newton: Naton Nathan
Darwin: Durban Derwent
Tesla: Tussle
Curie: Cairo Korea
Bonn: Ben Пан
Minsk: Манеж Munich
Riga: Рука Rouge
Warsaw: Варвара Versus
Prague: Порог
Oslo: Осёл Oasis
Kyoto: Quito
Tokyo: Тесто
Athens: Attenuates
Iran: Iron
Iraq: Урок
Libya: Лоб
Kabul: Кобыла
Nehru: Норы
Gandhi: Гонит
Castro: Костёр Custard
Chavez: Часовой
Yusuf: Iasi
Ahmed: Armed
Erdogan: Arduino Ordering
Lukashenko: Лукашевич
Shevchenko: Шевчук
Kharkiv: Харчок
Lviv: Лев
Odessa: Адрес
Djokovic: Джексон
"""

TAKEN = """
Zelensky: Zielinski
Trump: Tramp
Merkel: Markel
Scholz: Schulz
Lenin: Linen
Newton: Newtown
Sofia: Сова
Vienna: Война
Kyoto: Кот
Seoul: Соль
Iran: Ирония
Gaza: Газ
London: Линдон
Biden: Бидон
Rome: Рама
"""
"""Two words that are taken for one name, where documents write both with a capital."""


def pairs(table: str) -> list[tuple[str, str]]:
    """All of a table."""
    lines = (line.partition(": ") for line in table.split("\n") if line)
    return [(name, other) for name, _, others in lines for other in others.split()]
