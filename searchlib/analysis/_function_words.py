"""Common function words of each language (ISO 639-1, or 639-3), by which a text's language is told.

Of the 2,493 words 1,825 are in the lists of stopwords-iso 0.7.1 too, and 274 others are ten or more of a million words
by wordfreq 3.1. The rest are of languages that neither has, or has few words of.
"""

FUNCTION_WORDS = {
    "ca": (
        "el els la les de del dels i a al en un una que per amb no és són com més però o va ha han seva aquest "
        "aquesta està aquests aquestes pot ser tots cada quan on qui què també si cal sobre entre fins des heu"
    ),
    "cs": (
        "a v se na je že s z do o i to k ve pro za by jsou ale jako po od podle které který která nebo byl byla "
        "bylo při aby není jeho její jejich kdy kde kdo co tento tato toto této tohoto musí může jste jsem být "
        "byli mezi pouze pokud ze bude tak už"
    ),
    "da": (
        "og i at det en den til er som på de med han af for ikke der var et har men blev fra hun også efter sig "
        "eller havde dette denne disse være ved mellem gennem mod hvilken hvilke hvem hvad hvordan kan skal må "
        "alle deres hans hendes du vi kunne nogle kun"
    ),
    "de": (
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
        "hat dass nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor zur bis "
        "mehr durch man wurde sie wir ihr ich kann können diese dieser dieses seine ihre zwischen unter gegen "
        "welche welcher wer wann warum wo wurden waren beim seit kein keine bitte hier schon sehr dann wenn"
    ),
    "en": (
        "the of and to in a is that for it as was with be by on not he his but at are this have from or had an "
        "they which one were all their has would been there when who will more if no out so what its we you your "
        "can my me us she her him do did does about into than then them these those some could should such only "
        "other any also may must where how why whose while during between after before please said very under over "
        "through each because both"
    ),
    "es": (
        "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ha o este sí "
        "porque esta entre cuando muy sin sobre también fue había era son esto estos desde hasta puede ser todo "
        "fueron cada está están qué quién cuál dónde nos tiene otro otra ni e"
    ),
    "et": (
        "ja on ei et see oli ta mis ka kui oma aga või ning nii siis selle tema seda mida olid mille kes veel "
        "pärast peab saab millal kus palun enne vahel neid need teie sinu pole kõik ainult"
    ),
    "eu": (
        "eta da ez du bat zen izan dira ere baina egin zuen dute hau hori beste baino bere batean izango zure ezin "
        "behar zer nor non noiz dago daude dela duen ditu baten hauek guztiak"
    ),
    "fi": (
        "ja on ei se että oli hän ovat joka myös mutta kuin ole sen tai kun mukaan jotka hänen vuonna olla sekä "
        "niin mitä tämä tässä eivät voi voit kanssa jossa jonka sitä olivat nämä ennen jälkeen kuka mikä missä "
        "milloin miksi sinun kaikki vain ollut tulee"
    ),
    "fr": (
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son ou "
        "aux cette ont mais comme ses elle été être d l qu n s nous vous ils elles je leur sous sans entre aussi "
        "deux quel quelle où quand fait peut doit ces votre cet chaque très si dont"
    ),
    "ga": (
        "agus an na ar is go i a le do ag tá de sé bhí ach mar seo sin ó nach leis atá níl sí siad mé tú sibh "
        "féidir gach nó má chun faoi idir cad cé"
    ),
    "hu": (
        "a az és hogy nem is egy ez van volt meg csak de már mint még ki el vagy azt aki ami lehet után szerint "
        "egyik ezt ennek mely amely lesz lett kell minden voltak között alatt mikor hol kik milyen hogyan ezek "
        "azok kérem vagyis pedig egyes"
    ),
    "id": (
        "yang dan di dengan untuk tidak ini dari dalam akan pada itu juga ke karena adalah oleh ada sebagai "
        "tersebut bisa telah atau mereka anda kami kita dia apa siapa mana kapan bagaimana harus dapat saat setiap "
        "hanya bagi antara sudah belum"
    ),
    "it": (
        "di e il la che in a per un è del non si da una sono i le con dei alla della nel al come più ma lo gli "
        "anche ha o se delle ed dal nella questo sul sulla degli dai dalle sua suo cui stato era quale quando dove "
        "chi perché essere questa tra fra può nei nelle agli tutti ogni deve"
    ),
    "lt": (
        "ir yra kad į su iš ne kaip tai bet ar buvo jis apie nuo per po dėl už jau tik dar kuris šis ši šios gali "
        "turi kada kur kas kuri kurie prieš tarp arba jūsų visi visos būti"
    ),
    "nl": (
        "de van een het en in is dat op te zijn voor met die niet aan er om ook als bij maar door wordt nog naar "
        "uit hij werd worden heeft over tot dan of deze dit kan kunnen wat wie waar wanneer moet hebben haar hun "
        "tussen tijdens na zich je u uw geen werden welke"
    ),
    "no": (
        "og i det er på til en som for at av med ikke de har den om et var jeg men fra han seg også ble hun etter "
        "blir skal dette denne disse være ved mellom gjennom mot hvilken hvilke hvem hva hvordan kan må alle deres "
        "hans hennes du vi kunne noen bare eller"
    ),
    "pl": (
        "i w na z się nie do to że jest o jak po za od ale przez co dla przy są być oraz tym był jego tego było "
        "która który które aby lub ich jej jako czy gdzie kiedy których którym można musi może ten ta te tej tylko "
        "jeśli we przed między został została bardzo"
    ),
    "pt": (
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu "
        "sua ou ser quando muito há nos já está também pelo pela até isso pelos pelas esta este são sobre entre "
        "onde qual quem pode deve foram seus suas ela você nas às lhe cada"
    ),
    "ro": (
        "și de în la a cu pe că nu din o care este un pentru mai sunt fost au prin sau după ca să fi lui ce se al "
        "ale această acest aceste acestea poate trebuie dacă când unde cine cum dintre fiecare numai foarte cele "
        "cel cea fie ei ea el erau"
    ),
    "sv": (
        "och i att det som en på är av för med till den har de inte om ett han men var sig från vi så kan när hon "
        "eller också efter under detta denna dessa blev vara vid mellan genom mot vilken vilka vem hur får ska "
        "måste alla deras hans hennes du ni än"
    ),
    "tr": (
        "ve bir bu için ile da de olarak çok daha en gibi olan kadar sonra ise ne o her ancak göre var olduğu "
        "tarafından ya kaç hangi nedir mi mı ben sen biz siz onlar şu değil veya ama fakat hiç tüm kim nerede "
        "zaman nasıl neden niçin olması olmalıdır lütfen bütün eden edilen yıl sadece"
    ),
    "ru": (
        "и в не на что с по как это к от из о за для он его а но их у был так все то было она же ли бы до или при "
        "были также может если этот эта эти этого этой будет быть должен который которые которая когда где кто чем "
        "над под без во со они вы мы я ни вас ваш той того тем"
    ),
    "uk": (
        "і в на що не з до та за у є як це від про він для його але й чи або після був також під може які який цей "
        "ця ці цього цієї буде бути можна повинен яка коли де хто чим над при без вони вона ви ми ти я ні ж бо "
        "лише якщо із зі були ваш"
    ),
    "bg": (
        "и на да в за се от не с е по са че до като които това при към или беше която който със след има този тази "
        "тези може трябва бъде кога къде кой под над без ще ли ги му й те вие ние аз само ако във бяха през между"
    ),
    "sr": (
        "и у је да се на за од са не који су као по али што или из би о до после то овај ова ово ови може мора "
        "бити која које када где ко под над без ће ли ви ми ја само ако био била били кроз између није нису сте"
    ),
    "el": "και το της η ο του να των την για με από είναι στο στην που τα τη σε οι δεν τον θα ότι ένα μια",
    "ar": (
        "في من على أن إلى التي عن مع هذا الذي ما هذه كان لا كما بين أو قد بعد كانت ذلك هي هو أنت نحن هم يجب يمكن "
        "كل إذا أي ليس تم عند قبل حيث ولا وما فقط الى"
    ),
    "fa": (
        "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد می ها شما ما من او آنها باید هستند بود "
        "بودند دارد همه هر اگر یا تنها بین پس نمی کنید شده لطفا"
    ),
    "hi": (
        "के में की है और से को का ने पर कि हैं यह एक भी इस नहीं तो ही या था लिए कर वह हो थे थी आप हम मैं कौन क्या "
        "कब कहाँ जा गया रहे सकते होना केवल अपने"
    ),
    "ne": (
        "र छ को मा पनि यो हो गरेको भएको लागि गर्न थियो एक तथा छन् यस त्यो गर्नुहोस् हुन्छ हुन् भने तपाईं वा सबै मात्र हुनुपर्छ हुनु गर्छ थिए"
    ),
    "he": "של את על הוא לא עם זה כי גם אל היא או כל אם היה בין הם יותר",
    "vi": (
        "và của là có các được cho trong một không với những này đã người để khi từ như ở trên bạn hãy phải nếu "
        "hoặc tại vào ra sẽ đang bị thể nào ai gì đến về còn chỉ rất"
    ),
    "ta": "ஒரு மற்றும் இந்த என்று அந்த உள்ள என இது ஆகும் அவர்",
    "hy": "և է են որ մեջ էր համար նրա այս այդ իր հետ նաև",
    "yi": "און אין די פון צו דער איז מיט אַז נישט",
    "eo": (
        "la de kaj en estas al por kun ne kiu ke per li ĝi oni sed ankaŭ estis aŭ vi mi ni ili ŝi devas povas tiu "
        "tiuj ĉi kio kiam kie se ĉiuj nur"
    ),
    "sk": (
        "a v sa na je že s z do o i to k vo pre za by sú ale ako po od podľa ktoré ktorý ktorá alebo bol bola bolo "
        "pri nie ktorí tento táto toto môže musí iba keď kde kto čo byť prosím vaše medzi jeho ich"
    ),
    "hr": (
        "i u je na se da od za s su ne koji koja koje ili iz kao što te bio bila biti može mora samo ako kada gdje "
        "tko ovaj ova ovo po do o pri nije nisu sve kako još molimo između njegov ali bilo kod jer"
    ),
    "sl": (
        "in v je na se da za so z s ne ki kot po iz od pri pa ali bil bila bilo biti mora lahko samo če ko kje kdo "
        "ta to te o do ni niso vse kako še prosimo med tudi nje njegov"
    ),
    "lv": (
        "un ir uz no ar par kas ka tas tā šis šī to bet vai pēc līdz pie nav bija tika būt var jābūt tikai ja kad "
        "kur kā jūsu starp visi lūdzu savu viņš"
    ),
    "is": (
        "og í að er á sem til við um af en með var það ekki hann þessi þetta þú eða frá fyrir þegar hvar hver "
        "verður má voru hafa hún eru þess ef"
    ),
    "sq": (
        "dhe të në një për me i e që nga është si u ka më nuk do ose kjo ky janë por duhet mund kur ku kush vetëm "
        "nëse ishte tek midis"
    ),
    "af": (
        "die en van in het is nie om te dat vir op met aan was as deur by ook wat sy hy hulle nog maar word moet "
        "kan hierdie of een jou slegs indien"
    ),
    "gl": (
        "o a os as de do da dos das que e en un unha na no con por para non é se ao como máis pero foi este esta "
        "ten ser son debe pode cando onde só unhas seu súa entre"
    ),
    "ms": (
        "yang dan di dengan untuk tidak ini dari dalam akan pada itu juga ke kerana adalah oleh ada sebagai "
        "tersebut boleh telah atau mereka anda hendaklah sila bagi ialah daripada"
    ),
    "az": (
        "və bu bir üçün ilə də da ki olan kimi daha çox sonra ya amma deyil hər bütün yalnız əgər olmalıdır siz "
        "biz o onun nə kim harada zaman edən"
    ),
    "sw": (
        "na ya wa kwa ni katika la za cha hii huo hiyo au lakini kama yake si hakuna kuwa tafadhali hizi vya yako "
        "zaidi alikuwa ambayo"
    ),
    "cy": (
        "y yr a i o yn ar mae am ei eu na nid ond gan gyda neu wedi bod oedd hwn hon rhaid os pan ble chi fod hynny"
    ),
    "tl": "ang ng sa na mga ay at para hindi ito ni kung o si ko mo siya nang may isang bilang lamang",
    "uz": "va bu bir uchun bilan ham emas yoki agar har faqat lekin shu edi kerak siz u esa mumkin",
    "be": (
        "і ў на не з да та за у ёсць як гэта ад што пра для ён яго але або калі быў была былі можа павінна толькі "
        "які якая якія дзе хто гэты мы вы я пры без паміж таксама"
    ),
    "mk": (
        "и на во да за се од не со е по што до како кои кој која ќе или но само ако може мора биде беше беа ова "
        "овој оваа тие тој таа при без меѓу сте ги му"
    ),
    "kk": ("және бұл бір үшін мен да де емес немесе егер тек бар болып болады керек сіз ол қандай барлық деп еді"),
    "ky": "жана бул бир үчүн менен да эмес же эгер гана бар болуп керек сиз ал бардык деп эле болушу",
    "mn": "ба энэ нь нэг юм бол байна биш эсвэл хэрэв зөвхөн та тэр бүх гэж байх ёстой болно",
    "tg": "ва дар ба аз ки ин барои бо як аст не ё агар танҳо бояд шумо ҳар он мебошад",
    "tt": "һәм бу бер өчен белән дә түгел яки әгәр генә бар кирәк сез ул барлык дип иде булырга",
    "ur": (
        "کے میں کی ہے اور سے کا کو پر کہ ہیں یہ نے ایک بھی اس نہیں تو وہ جو کیا گیا تھا تھے ہو یا لیے اگر آپ ہم کر "
        "دیا ان"
    ),
    "ckb": "و لە بە بۆ کە ئەم یان ئەو هەر نابێت دەبێت تەنها ئەگەر بێت نییە",
    "ug": "ۋە بۇ بىر ئۈچۈن بىلەن ئەمەس ياكى ئەگەر پەقەت كېرەك سىز ئۇ",
    "mr": ("आणि आहे या हे ही हा ते तो आहेत नाही किंवा फक्त जर तर एक व की कोणतेही साठी करा असणे आपण होता होते मध्ये"),
}
