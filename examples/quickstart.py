import searchlib

with searchlib.build("seeds/", "indexes/default") as index:
    results = index.search('"defense industry"', limit=3)
    print(f"{results.total} of {index.stats().paragraphs} paragraphs")
    for hit in results:
        print(hit.rank, hit.id, hit.citation)
        print(hit.snippet("plain", length=120))
