"""The commonest function words of each language (ISO 639-1), by which a text's language is told."""

FUNCTION_WORDS = {
    "ca": (
        "el els la les de del dels i a al en un una que per amb no és són com més però o va ha han seva aquest aquesta"
    ),
    "cs": (
        "a v se na je že s z do o i to k ve pro za by jsou ale jako po od podle které který která nebo byl byla "
        "bylo při"
    ),
    "da": (
        "og i at det en den til er som på de med han af for ikke der var et har men blev fra hun også efter sig "
        "eller havde"
    ),
    "de": (
        "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er "
        "hat dass nach wird bei einer um am sind noch wie einem über so zum war haben nur oder aber vor zur bis "
        "mehr durch man wurde"
    ),
    "en": (
        "the of and to in a is that for it as was with be by on not he his but at are this have from or had an "
        "they which one were all their has would been there when who will more if no out so what its"
    ),
    "es": (
        "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ha o este sí "
        "porque esta entre cuando muy sin sobre también fue había era son"
    ),
    "et": (
        "ja on ei et see oli ta mis ka kui oma aga või ning nii siis selle tema seda mida olid mille kes veel pärast"
    ),
    "eu": "eta da ez du bat zen izan dira ere baina egin zuen dute hau hori beste baino bere batean izango",
    "fi": (
        "ja on ei se että oli hän ovat joka myös mutta kuin ole sen tai kun mukaan jotka hänen vuonna olla sekä "
        "niin mitä"
    ),
    "fr": (
        "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec son ou "
        "aux cette ont mais comme ses elle été être d l qu n s"
    ),
    "ga": "agus an na ar is go i a le do ag tá de sé bhí ach mar seo sin ó nach leis atá",
    "hu": ("a az és hogy nem is egy ez van volt meg csak de már mint még ki el vagy azt aki ami lehet után szerint"),
    "id": (
        "yang dan di dengan untuk tidak ini dari dalam akan pada itu juga ke karena adalah oleh ada sebagai "
        "tersebut bisa telah atau mereka"
    ),
    "it": (
        "di e il la che in a per un è del non si da una sono i le con dei alla della nel al come più ma lo gli "
        "anche ha o se delle ed dal nella questo"
    ),
    "lt": "ir yra kad į su iš ne kaip tai bet ar buvo jis apie nuo per po dėl už jau tik dar kuris",
    "nl": (
        "de van een het en in is dat op te zijn voor met die niet aan er om ook als bij maar door wordt nog naar "
        "uit hij werd worden heeft over tot dan of"
    ),
    "no": (
        "og i det er på til en som for at av med ikke de har den om et var jeg men fra han seg også ble hun etter "
        "blir skal"
    ),
    "pl": (
        "i w na z się nie do to że jest o jak po za od ale przez co dla przy są być oraz tym był jego tego było "
        "która który które"
    ),
    "pt": (
        "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu "
        "sua ou ser quando muito há nos já está também pelo pela até isso"
    ),
    "ro": (
        "și de în la a cu pe că nu din o care este un pentru mai sunt fost au prin sau după ca să fi lui ce se al ale"
    ),
    "sv": (
        "och i att det som en på är av för med till den har de inte om ett han men var sig från vi så kan när hon "
        "eller också efter under"
    ),
    "tr": (
        "ve bir bu için ile da de olarak çok daha en gibi olan kadar sonra ise ne o her ancak göre var olduğu "
        "tarafından ya kaç hangi nedir"
    ),
    "ru": (
        "и в не на что с по как это к от из о за для он его а но их у был так все то было она же ли бы до или при "
        "были также может"
    ),
    "uk": ("і в на що не з до та за у є як це від про він для його але й чи або після був також під може які який"),
    "bg": "и на да в за се от не с е по са че до като които това при към или беше която който със след има",
    "sr": "и у је да се на за од са не који су као по али што или из би о до после то",
    "el": "και το της η ο του να των την για με από είναι στο στην που τα τη σε οι δεν τον θα ότι ένα μια",
    "ar": "في من على أن إلى التي عن مع هذا الذي ما هذه كان لا كما بين أو قد بعد كانت ذلك",
    "fa": "و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد می ها",
    "hi": "के में की है और से को का ने पर कि हैं यह एक भी इस नहीं तो ही या था लिए कर",
    "ne": "र छ को मा पनि यो हो गरेको भएको लागि गर्न थियो एक तथा छन्",
    "he": "של את על הוא לא עם זה כי גם אל היא או כל אם היה בין הם יותר",
    "vi": "và của là có các được cho trong một không với những này đã người để khi từ như",
    "ta": "ஒரு மற்றும் இந்த என்று அந்த உள்ள என இது ஆகும் அவர்",
    "hy": "և է են որ մեջ էր համար նրա այս այդ իր հետ նաև",
    "yi": "און אין די פון צו דער איז מיט אַז נישט",
    "eo": "la de kaj en estas al por kun ne kiu ke per li ĝi oni sed ankaŭ estis aŭ",
}
