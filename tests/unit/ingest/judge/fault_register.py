"""The places and indicators that the tables with mistakes speak of."""

from __future__ import annotations

PLACES = (
    "place_id,name,name_ar,level,parent_id,valid_from,valid_to\nJO-OLD,Old Town,البلدة القديمة,adm2,JO-MA,,2020-12-31\n"
)
INDICATORS = (
    "indicator_id,name,name_ar,unit,direction,weight,level,frequency,roll_up,max_age_days,merge_policy\n"
    "IND-1,First indicator,المؤشر الأول,points,1,1,adm1,quarter,mean,200,median\n"
    "IND-2,A share,نسبة,%,1,1,adm1,quarter,mean,200,median\n"
    "IND-3,Incidents,الحوادث,incidents,-1,1,adm1,quarter,sum,200,median\n"
)
